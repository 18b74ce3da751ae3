import * as fc from "fast-check";
import { expect, test } from "vitest";
import { taskState } from "../../../src/contract/tasks.ts";
import { isHeld, isOver, nextTaskState, type TaskSignal } from "../../../src/core/tasks/index.ts";

const signals = [
  "unblock",
  "block",
  "claim",
  "start",
  "requeue",
  "wait",
  "resume",
  "complete",
  "fail",
  "bury",
  "cancel",
  "retry",
] as const satisfies readonly TaskSignal[];

test("every state and signal: the table", () => {
  const table = taskState.options.map((state) => {
    const moves = signals.flatMap((signal) => {
      const next = nextTaskState(state, signal);
      return next === undefined ? [] : [`${signal} ${next}`];
    });
    return `${state}: ${moves.join(", ")}`;
  });
  const ends = "complete done, fail failed, bury dead, cancel cancelled";
  expect(table).toEqual([
    "queued: block blocked, claim claimed, cancel cancelled",
    `claimed: start running, requeue queued, wait waiting, ${ends}`,
    `running: requeue queued, wait waiting, ${ends}`,
    "blocked: unblock queued, fail failed, cancel cancelled",
    `waiting: requeue queued, resume queued, ${ends}`,
    "done: ",
    "failed: block blocked, retry queued",
    "cancelled: block blocked, retry queued",
    "dead: block blocked, retry queued",
  ]);
});

test("whatever happens, in any order: done stays done, and only a retry brings back what is over", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...signals), { maxLength: 60 }), (sequence) => {
      let state: (typeof taskState.options)[number] = "queued";
      for (const signal of sequence) {
        const next = nextTaskState(state, signal);
        if (next === undefined) continue;
        expect(state).not.toBe("done");
        if (isOver(state)) expect(["retry", "block"]).toContain(signal);
        if (next === "claimed") expect(state).toBe("queued");
        if (next === "running") expect(state).toBe("claimed");
        if (next === "done") expect(isHeld(state) || state === "waiting").toBe(true);
        state = next;
      }
    }),
  );
});

test("from every state there is a way to the end, without a retry", () => {
  for (const start of taskState.options) {
    const seen = new Set([start]);
    for (const state of seen)
      for (const signal of signals) {
        const next = signal === "retry" ? undefined : nextTaskState(state, signal);
        if (next !== undefined) seen.add(next);
      }
    expect([...seen].some(isOver)).toBe(true);
  }
});
