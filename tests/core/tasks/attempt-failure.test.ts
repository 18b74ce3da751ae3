import { expect, test } from "vitest";
import { ConductorError } from "../../../src/base/errors.ts";
import { endOfTurn, failureOf } from "../../../src/core/tasks/index.ts";

test.each([
  ["pane.gone", "retryable"],
  ["agent.gone", "retryable"],
  ["tmux.lost", "retryable"],
  ["usage.invalid", "permanent"],
  ["provider.missing_binary", "permanent"],
  ["agent.limited", "rate_limited"],
] as const)("an attempt that ends with %s is %s", (code, kind) => {
  expect(failureOf(new ConductorError(code, "it went wrong"))).toMatchObject({ class: kind, code });
});

test("what nobody foresaw is tried again", () => {
  expect(failureOf(new TypeError("x is not a function"))).toMatchObject({
    class: "retryable",
    code: "internal",
  });
});

test("an error tells what to do about it, and of a limit when that is over", () => {
  const hinted = new ConductorError("provider.missing_binary", "no codex", { hint: "install it" });
  expect(failureOf(hinted).message).toBe("no codex (install it)");
  const limited = new ConductorError("agent.limited", "no quota", { data: { retryAt: 5_000 } });
  expect(failureOf(limited)).toMatchObject({ class: "rate_limited", retryAt: 5_000 });
});

test.each([
  ["end_turn", "done it", null],
  ["cancelled", null, { class: "retryable", code: "agent.interrupted" }],
  ["refusal", null, { class: "permanent", code: "agent.refused" }],
  ["max_tokens", "half", { class: "retryable", code: "agent.cut_off" }],
])("a turn that stopped by %s with the answer %j fails as %o", (stopReason, text, failure) => {
  const turn = {
    id: "turn_1",
    terminalId: "t_dev",
    messageId: null,
    state: "completed",
    startedAt: 1,
    endedAt: 2,
    result: text === null ? null : { text, source: "hook" as const },
  } as const;
  const end = endOfTurn({ stopReason, turn, usage: null }, 2);
  expect(end).toMatchObject({ text, turnId: "turn_1" });
  if (failure === null) expect(end.failure).toBeNull();
  else expect(end.failure).toMatchObject(failure);
});
