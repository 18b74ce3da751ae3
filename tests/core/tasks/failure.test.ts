import * as fc from "fast-check";
import { expect, test } from "vitest";
import { afterFailure } from "../../../src/core/tasks/index.ts";

const MINUTE_MS = 60_000;
const chance = (value: number, now = 1_000) => ({ now, random: () => value });

test("a backoff is anything from nothing to the exponential bound, which ten minutes end", () => {
  const runAt = (attempt: number, value: number): number => {
    const next = afterFailure({ attempt, maxAttempts: 99 }, { class: "retryable" }, chance(value));
    return next.signal === "requeue" ? next.runAt - 1_000 : Number.NaN;
  };
  expect(runAt(1, 0)).toBe(0);
  expect(runAt(1, 0.999_999)).toBe(9_999);
  expect(runAt(3, 0.5)).toBe(20_000);
  expect(runAt(30, 0.999_999_9)).toBe(10 * MINUTE_MS - 1);
  fc.assert(
    fc.property(fc.nat(60), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, value) => {
      const waits = runAt(attempt + 1, value);
      expect(waits).toBeGreaterThanOrEqual(0);
      expect(waits).toBeLessThan(Math.min(10 * MINUTE_MS, 5_000 * 2 ** (attempt + 1)));
    }),
  );
});

test("what can be tried again is, until its attempts are used up", () => {
  const failure = { class: "retryable" } as const;
  const next = (attempt: number) => afterFailure({ attempt, maxAttempts: 3 }, failure, chance(0));
  expect([1, 2, 3, 4].map((attempt) => next(attempt).signal)).toEqual([
    "requeue",
    "requeue",
    "bury",
    "bury",
  ]);
  expect(next(1)).toMatchObject({ counts: true });
});

test("a permanent failure ends the task at the first attempt", () => {
  const next = afterFailure({ attempt: 1, maxAttempts: 3 }, { class: "permanent" }, chance(0));
  expect(next).toEqual({ signal: "fail" });
});

test("a limit costs no attempt, not even the last, and waits for its own end", () => {
  const task = { attempt: 3, maxAttempts: 3 };
  const next = (retryAt?: number) =>
    afterFailure(task, { class: "rate_limited", retryAt }, chance(0.9));
  expect(next(77_000)).toEqual({ signal: "requeue", runAt: 77_000, counts: false });
  expect(next(5)).toMatchObject({ runAt: 1_000 });
  expect(next()).toMatchObject({ runAt: 1_000 + 5 * MINUTE_MS });
});
