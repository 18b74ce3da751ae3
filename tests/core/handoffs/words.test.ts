import { expect, test } from "vitest";
import { type HandoffRecord, outcomeText, questionText } from "../../../src/core/handoffs/index.ts";
import { handoff } from "./records.ts";

const error = { code: "pane.gone", message: "the worker dev is exited", screen: null } as const;

test.each<[HandoffRecord["state"], Partial<HandoffRecord>, string, string]>([
  ["done", { result: { text: "42", source: "hook" } }, "dev is done", "42"],
  [
    "done",
    { result: { text: "", source: "screen" } },
    "dev is done",
    "(It ended without an answer that could be read.)",
  ],
  [
    "timed-out",
    { error: { ...error, screen: "$ sleep" }, terminalName: null, profile: "tester" },
    "tester was not done in time",
    "the worker dev is exited\n\nIts screen showed last:\n$ sleep",
  ],
  ["cancelled", { terminalName: null }, "the worker was stopped", "It was cancelled."],
  ["failed", { error }, "dev failed", "the worker dev is exited"],
])("the sender of work that is %s with %o reads so", (state, more, head, body) => {
  const text = outcomeText(handoff({ ...more, state }));
  expect(text).toBe(`[handoff h_1: ${head}]\nIt was asked: "do it"\n\n${body}`);
});

test("of a long text the beginning tells which work it was", () => {
  const text = outcomeText(handoff({ state: "cancelled", message: "look \n at ".repeat(50) }));
  expect(text).toMatch(/It was asked: "(look at ){10} …"/);
});

test.each([
  ["dev", "dev"],
  [null, "the worker"],
])("a question of %s says who waits, and that its sender need do nothing", (terminalName, who) => {
  const text = questionText(handoff({ terminalName }), "Run rm?");
  expect(text).toMatch(new RegExp(`^\\[handoff h_1: ${who} waits for an answer\\]\n`));
  expect(text).toContain("You need to do nothing");
  expect(text).toMatch(/\n\nRun rm\?$/);
});
