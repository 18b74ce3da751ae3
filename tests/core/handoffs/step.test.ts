import { expect, test } from "vitest";
import type { WorkerSeen } from "../../../src/core/handoffs/index.ts";
import { nextHandoffStep } from "../../../src/core/handoffs/index.ts";
import { handoff, message, turn } from "./records.ts";

const dev: WorkerSeen = {
  name: "dev",
  status: "idle",
  detail: "",
  reason: null,
  screen: "> \n? for help",
  dialog: null,
};
const working = { ...dev, status: "working" } as const;
const unsent = { message: undefined, now: 1 };
const delivered = message({ state: "delivered", turn: turn() });
const ended = (change: Parameters<typeof turn>[0]) =>
  message({ state: "delivered", turn: turn({ endedAt: 2, ...change }) });
const made = handoff({ state: "starting", origin: "fresh", messageId: null });

test("on the way each step follows from the row and what is seen", () => {
  const requested = handoff({ state: "requested", messageId: null });
  expect(nextHandoffStep(requested, { ...unsent, worker: dev })).toEqual({ kind: "choose" });
  expect(nextHandoffStep(made, { ...unsent, worker: undefined })).toEqual({ kind: "launch" });
  const starting = { ...dev, status: "starting" } as const;
  expect(nextHandoffStep(made, { ...unsent, worker: starting })).toEqual({ kind: "submit" });
  const seen = { now: 1, worker: dev, message: message() };
  expect(nextHandoffStep(handoff(), seen)).toEqual({ kind: "wait" });
  const runs = { ...seen, worker: working, message: delivered };
  expect(nextHandoffStep(handoff(), runs)).toEqual({ kind: "run" });
  expect(nextHandoffStep(handoff({ state: "running" }), runs)).toEqual({ kind: "wait" });
});

test("a launch that a dying daemon left half done is taken up, an agent that ended by itself is not", () => {
  const lost = { ...dev, status: "lost" } as const;
  expect(nextHandoffStep(made, { ...unsent, worker: lost })).toEqual({ kind: "launch" });
  const exited = { ...dev, status: "exited" } as const;
  expect(nextHandoffStep(made, { ...unsent, worker: exited })).toMatchObject({
    kind: "settle",
    end: { signal: "fail", error: { code: "pane.gone" } },
  });
});

test("a worker that waits makes it a question, told once, and going on ends that", () => {
  const waits = { ...working, status: "waiting", dialog: "Allow this command?\n  $ rm x" } as const;
  const seen = { now: 1, worker: waits, message: delivered };
  const step = nextHandoffStep(handoff({ state: "running" }), seen);
  expect(step).toEqual({ kind: "ask", question: "Allow this command?\n  $ rm x" });
  const asked = handoff({ state: "question", question: "Allow this command?\n  $ rm x" });
  expect(nextHandoffStep(asked, seen)).toEqual({ kind: "wait" });
  expect(nextHandoffStep(asked, { ...seen, worker: working })).toEqual({ kind: "run" });
});

test.each([
  ["completed", { text: "42", source: "hook" as const }, "finish"],
  ["completed", null, "finish"],
  ["failed", { text: "no quota", source: "screen" as const }, "fail"],
  ["interrupted", null, "fail"],
  ["cancelled", null, "fail"],
] as const)("a turn that is %s with %o: %s", (state, result, signal) => {
  const seen = { now: 1, worker: dev, message: ended({ state, result }) };
  const step = nextHandoffStep(handoff({ state: "running" }), seen);
  expect(step).toMatchObject({ kind: "settle", end: { signal } });
  if (result !== null) expect(JSON.stringify(step)).toContain(result.text);
});

test("a worker that dies in its turn leaves its last screen", () => {
  const gone = { ...dev, status: "exited", reason: "exit 3", screen: "oh no\n\n" } as const;
  const seen = { now: 1, worker: gone, message: ended({ state: "failed" }) };
  expect(nextHandoffStep(handoff({ state: "running" }), seen)).toMatchObject({
    end: {
      signal: "fail",
      error: { message: "the worker dev is exited (exit 3)", screen: "oh no" },
    },
  });
});

test("a message that cannot be delivered, or comes too late, ends it", () => {
  const failed = message({ state: "failed", reason: "uncertain: it was not seen" });
  expect(nextHandoffStep(handoff(), { now: 1, worker: dev, message: failed })).toMatchObject({
    end: { signal: "fail" },
  });
  const late = { now: 60_000, worker: working, message: delivered };
  expect(nextHandoffStep(handoff({ state: "running" }), late)).toMatchObject({
    end: { signal: "expire", error: { message: "not done within 60 s" } },
  });
});

test("an answer that is there counts, though its time is over or its worker gone", () => {
  const seen = {
    now: 99_000,
    worker: undefined,
    message: ended({ state: "completed", result: { text: "42", source: "hook" } }),
  };
  expect(nextHandoffStep(handoff({ state: "running" }), seen)).toMatchObject({
    end: { signal: "finish", result: { text: "42" } },
  });
});

test("what the worker handed in is the result, whatever became of it then", () => {
  const reported = handoff({ state: "running", report: "the whole answer" });
  const result = { text: "the whole answer", source: "report" };
  const completed = ended({ state: "completed", result: { text: "done!", source: "hook" } });
  const cases = [
    { now: 1, worker: dev, message: completed },
    { now: 1, worker: { ...dev, status: "exited" as const }, message: ended({ state: "failed" }) },
    { now: 60_000, worker: working, message: delivered },
  ];
  for (const seen of cases)
    expect(nextHandoffStep(reported, seen)).toEqual({
      kind: "settle",
      end: { signal: "finish", result },
    });
});

test("a text that never got a turn fails the work with the reason, in time or too late", () => {
  const of = (change: Parameters<typeof message>[0], worker: WorkerSeen | undefined = dev) =>
    nextHandoffStep(handoff(), { now: 1, worker, message: message(change) });
  expect(of({ state: "failed", reason: "the disk was full" })).toMatchObject({
    end: { error: { message: "the message was not delivered: the disk was full" } },
  });
  expect(of({ state: "cancelled" }, { ...dev, screen: null })).toMatchObject({
    end: { error: { message: "the message was not delivered: cancelled", screen: null } },
  });
  expect(of({ state: "expired" })).toMatchObject({
    end: { signal: "expire", error: { message: "not done within 60 s" } },
  });
});

test("a worker that waits without a dialog that is known asks what its screen shows", () => {
  const waits = { ...dev, status: "waiting" } as const;
  const asks = (screen: string | null) =>
    nextHandoffStep(handoff({ state: "running" }), {
      now: 1,
      worker: { ...waits, screen },
      message: delivered,
    });
  expect(asks("Proceed? y/n\n\n")).toEqual({ kind: "ask", question: "Proceed? y/n" });
  expect(asks(null)).toEqual({ kind: "ask", question: "" });
});

test("work whose text is in the inbox before its row says so is submitted", () => {
  const seen = { now: 1, worker: dev, message: message() };
  expect(nextHandoffStep(handoff({ state: "starting" }), seen)).toEqual({ kind: "submit" });
});

test("a worker of which nothing is known any more fails its work", () => {
  const seen = { now: 1, worker: undefined, message: message() };
  expect(nextHandoffStep(handoff({ state: "running" }), seen)).toMatchObject({
    end: { error: { code: "pane.gone", message: "the worker is not there any more" } },
  });
});
