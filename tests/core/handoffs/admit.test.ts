import { expect, test } from "vitest";
import { admit } from "../../../src/core/handoffs/index.ts";
import { handoff } from "./records.ts";

const profiles: Readonly<Record<string, string>> = { t_lead: "supervisor", t_dev: "developer" };
const around = {
  profileOf: (id: string) => profiles[id] ?? null,
  maxDepth: 3,
  maxOpen: 2,
};
/** lead waits for dev, dev waits for check. */
const one = handoff({ id: "h_1", from: "agent:t_lead", fromName: "lead", terminalId: "t_dev" });
const two = handoff({
  id: "h_2",
  from: "agent:t_dev",
  fromName: "dev",
  terminalId: "t_check",
  depth: 2,
});
const to = (terminalId: string) => ({ terminalId });
const ask = (from: string, target: { terminalId: string } | { profile: string }) => ({
  kind: "handoff" as const,
  from,
  target,
});

test("a person's work, and that of an agent which was given none, stands at the top", () => {
  const open = [one, two];
  expect(admit(ask("human", to("t_dev")), { ...around, open })).toEqual({ parent: null, depth: 1 });
  expect(admit(ask("agent:t_other", to("t_dev")), { ...around, open })).toEqual({
    parent: null,
    depth: 1,
  });
});

test("work that is handed on knows what it is for, and how deep it is", () => {
  expect(admit(ask("agent:t_dev", to("t_x")), { ...around, open: [one] })).toEqual({
    parent: "h_1",
    depth: 2,
  });
});

test("an agent that waits anywhere above is not asked, nor is the asker itself", () => {
  const open = [one, two];
  const asked = (target: string) => () =>
    admit(ask("agent:t_check", to(target)), { ...around, open });
  expect(asked("t_lead")).toThrow("lead waits for this very work already");
  expect(asked("t_dev")).toThrow("dev waits for this very work already");
  expect(asked("t_check")).toThrow("to itself");
  expect(asked("t_x")).not.toThrow();
});

test("the role of an agent that waits is not launched again under it", () => {
  const asked = (profile: string, kind: "handoff" | "assignment" = "handoff") => {
    return () => admit({ ...ask("agent:t_dev", { profile }), kind }, { ...around, open: [one] });
  };
  expect(asked("supervisor")).toThrow("profile supervisor waits");
  expect(asked("developer")).toThrow("profile developer waits");
  // It will not wait, so nobody stands in a circle.
  expect(asked("developer", "assignment")).not.toThrow();
  expect(asked("tester")).not.toThrow();
});

test("who only assigned does not wait, and can be asked back", () => {
  const open = [handoff({ ...one, kind: "assignment" })];
  expect(() => admit(ask("agent:t_dev", to("t_lead")), { ...around, open })).not.toThrow();
});

test("no deeper than is allowed, also where nobody waits", () => {
  const open = [handoff({ ...two, kind: "assignment", depth: 3 })];
  const deep = () => admit(ask("agent:t_check", to("t_x")), { ...around, open });
  expect(deep).toThrow("handed on 3 times already");
});

test("one agent gives no more than so many at once, a person as many as they like", () => {
  const own = [handoff({ id: "h_3" }), handoff({ id: "h_4", terminalId: "t_x" })];
  const asked = (from: string) => () => admit(ask(from, to("t_y")), { ...around, open: own });
  expect(asked("agent:t_lead")).toThrow("2 pieces of work that you gave are open already");
  expect(asked("agent:t_other")).not.toThrow();
  expect(asked("human")).not.toThrow();
});

test.each([
  ["what is worked on, before what is newer", "running", "submitted", "h_1"],
  ["what waits for an answer, too", "question", "submitted", "h_1"],
  ["of two that only wait in the inbox, the newest", "submitted", "submitted", "h_2"],
] as const)(
  "work that is handed on by an agent with two of its own is for %s",
  (_c, a, b, parent) => {
    const open = [
      handoff({ id: "h_1", state: a, createdAt: 1 }),
      handoff({ id: "h_2", state: b, createdAt: 2 }),
    ];
    expect(admit(ask("agent:t_dev", to("t_x")), { ...around, open }).parent).toBe(parent);
  },
);

test("a person who waits above is no agent that could be launched again", () => {
  const open = [handoff({ from: "human", terminalId: "t_check" })];
  const place = admit(ask("agent:t_check", { profile: "developer" }), { ...around, open });
  expect(place).toEqual({ parent: "h_1", depth: 2 });
});
