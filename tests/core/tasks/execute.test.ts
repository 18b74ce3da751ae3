/** The next step of an attempt, as a table. */
import { describe, expect, test } from "vitest";
import type { AttemptEnd, AttemptView, CheckRun } from "../../../src/contract/execution.ts";
import type { TaskView } from "../../../src/contract/tasks.ts";
import {
  type AttemptStep,
  nextAttemptState,
  nextAttemptStep,
} from "../../../src/core/tasks/index.ts";
import { attemptOf, recordOf } from "../../support/attempts.ts";

const NOW = 50_000;

function step(
  attempt: Partial<AttemptView>,
  {
    task = {},
    turn,
    now = NOW,
  }: { task?: Partial<TaskView>; turn?: AttemptEnd | undefined; now?: number } = {},
): AttemptStep {
  const record = recordOf({ state: "running", ...task });
  return nextAttemptStep(attemptOf(attempt), record, { now, turn });
}

const well: AttemptEnd = {
  failure: null,
  text: "all good",
  result: null,
  turnId: "turn_1",
  usage: null,
  at: NOW,
};
const broken = {
  class: "retryable",
  code: "agent.failed",
  message: "it broke",
  retryAt: null,
} as const;
const execution = recordOf({}).execution;
const checked: CheckRun = {
  command: "npm test",
  outcome: "passed",
  exitCode: 0,
  ms: 1_000,
  tail: "1 failed",
  blob: null,
  bytes: 0,
};

describe("an attempt under way", () => {
  test.each([
    ["routed", "open"],
    ["opened", "prompt"],
    ["prompted", "prompt"],
  ] as const)("%s goes on with: %s", (state, kind) => {
    expect(step({ state }).kind).toBe(kind);
  });

  test("ends with the agent's turn", () => {
    expect(step({ state: "prompted" }, { turn: well })).toEqual({ kind: "end", end: well });
  });

  test("does not end with a turn where the agent says itself when it is done", () => {
    const task = { execution: { ...execution, doneBy: "agent" as const } };
    expect(step({ state: "prompted" }, { task, turn: well }).kind).toBe("wait");
    const report = { failure: null, result: { tests: 3 } };
    expect(step({ state: "prompted", report }, { task })).toMatchObject({
      kind: "end",
      end: { failure: null, result: { tests: 3 } },
    });
    const turn = { ...well, failure: broken };
    expect(step({ state: "prompted" }, { task, turn })).toEqual({ kind: "end", end: turn });
  });

  test("waits for the turn's end with what was handed in before, unless that is a failure", () => {
    const report = { failure: null, result: { tests: 3 } };
    expect(step({ state: "prompted", report }).kind).toBe("prompt");
    expect(step({ state: "prompted", report }, { turn: well })).toMatchObject({
      end: { text: "all good", result: { tests: 3 }, turnId: "turn_1" },
    });
    const failed = { failure: broken, result: null };
    expect(step({ state: "prompted", report: failed })).toMatchObject({
      kind: "end",
      end: { failure: broken },
    });
  });

  test("is over when its time is", () => {
    const task = { execution: { ...execution, timeoutMs: 10_000 } };
    const createdAt = NOW - 10_000;
    expect(step({ state: "prompted", createdAt: createdAt + 1 }, { task }).kind).toBe("prompt");
    expect(step({ state: "prompted", createdAt }, { task })).toMatchObject({
      kind: "end",
      end: { failure: { code: "timeout", message: "not done within 10 s" } },
    });
  });
});

describe("an attempt whose agent is done", () => {
  const task = { execution: { ...execution, check: "npm test" } };

  test("runs the check that the task names, and only then counts", () => {
    expect(step({ state: "ended", end: well }, { task })).toEqual({
      kind: "check",
      command: "npm test",
    });
    expect(step({ state: "checked", end: well, check: checked }, { task })).toEqual({
      kind: "settle",
      outcome: { kind: "done", result: { text: "all good" } },
    });
  });

  test("without a check it is done, with what was handed in beside the answer", () => {
    const end = { ...well, result: { tests: 3 } };
    expect(step({ state: "ended", end })).toEqual({
      kind: "settle",
      outcome: { kind: "done", result: { text: "all good", tests: 3 } },
    });
  });

  test("a failed one is not checked", () => {
    const end = { ...well, failure: broken };
    expect(step({ state: "ended", end }, { task })).toEqual({
      kind: "settle",
      outcome: { kind: "failed", failure: broken },
    });
  });

  test.each([
    ["failed", 1, "retryable", "the check ended with 1: 1 failed"],
    ["failed", null, "retryable", "the check ended with a signal: 1 failed"],
    ["timeout", null, "retryable", "the check did not end within 1 s: 1 failed"],
    ["refused", 126, "permanent", "the check was refused by the policy: 1 failed"],
  ] as const)("a check that %s (%s) makes it %s", (outcome, exitCode, kind, message) => {
    const check = { ...checked, outcome, exitCode };
    expect(step({ state: "checked", end: well, check }, { task })).toEqual({
      kind: "settle",
      outcome: {
        kind: "failed",
        failure: { class: kind, code: `check.${outcome}`, message, retryAt: null },
      },
    });
  });
});

describe("an attempt without its lease", () => {
  test.each([
    [{ fence: 8 }, "its lease ran out, and it was claimed anew"],
    [{ state: "queued", error: null }, "the task is queued"],
    [{ state: "cancelled", reason: "not wanted" }, "the task is cancelled: not wanted"],
  ] as const)("is lost: %j", (task, reason) => {
    expect(step({ state: "prompted" }, { task })).toEqual({ kind: "lose", reason });
    expect(step({ state: "ended", end: well }, { task })).toEqual({ kind: "lose", reason });
  });

  test("is settled where its outcome stands in the task already", () => {
    expect(step({ state: "checked", end: well }, { task: { state: "done" } }).kind).toBe(
      "conclude",
    );
    const end = { ...well, failure: broken };
    expect(step({ state: "ended", end }, { task: { state: "queued" } }).kind).toBe("conclude");
    expect(step({ state: "ended", end }, { task: { state: "cancelled" } }).kind).toBe("lose");
  });
});

test("an attempt that is over lets its agent go, once", () => {
  expect(step({ state: "settled" }).kind).toBe("release");
  expect(step({ state: "lost" }).kind).toBe("release");
  expect(step({ state: "settled", releasedAt: NOW }).kind).toBe("over");
});

test.each([
  ["routed", "open", "opened"],
  ["opened", "prompt", "prompted"],
  ["prompted", "end", "ended"],
  ["ended", "check", "checked"],
  ["checked", "settle", "settled"],
  ["prompted", "lose", "lost"],
  ["settled", "lose", undefined],
  ["lost", "settle", undefined],
  ["routed", "check", undefined],
  ["checked", "end", undefined],
] as const)("%s and %s give %s", (state, signal, next) => {
  expect(nextAttemptState(state, signal)).toBe(next);
});
