import { expect, test } from "vitest";
import { judgeSigns, letters, nextPulse } from "../../../src/core/tasks/index.ts";

const working = { isLive: true, isWaiting: false, mark: "a" };
const at = (now: number) => ({ now, stallMs: 100 });

test("an agent whose screen goes on is at work, and one that stands still hangs after the time given", () => {
  const begun = { mark: "a", at: 0 };
  expect(judgeSigns(working, undefined, at(5))).toEqual({
    kind: "at work",
    progress: { mark: "a", at: 5 },
  });
  expect(judgeSigns(working, begun, at(99)).kind).toBe("at work");
  expect(judgeSigns(working, begun, at(100))).toEqual({ kind: "stalled", progress: begun });
  expect(judgeSigns({ ...working, mark: "b" }, begun, at(500)).kind).toBe("at work");
});

test("one that waits for a person does not hang, however long", () => {
  const waiting = { ...working, isWaiting: true };
  expect(judgeSigns(waiting, { mark: "a", at: 0 }, at(1_000_000)).kind).toBe("at work");
});

test("one whose terminal has ended is gone", () => {
  expect(judgeSigns({ ...working, isLive: false }, undefined, at(0))).toEqual({ kind: "gone" });
});

test("a clock that was set back does not keep a hung agent alive, nor let one hang at once", () => {
  const judged = judgeSigns(working, { mark: "a", at: 10_000 }, at(50));
  expect(judged).toEqual({ kind: "at work", progress: { mark: "a", at: 50 } });
});

test("counters and spinners are no progress, words are", () => {
  expect(letters("✻ Thinking… (12s · 3.4k tokens)")).toBe(
    letters("✶ Thinking… (98s · 9.9k tokens)"),
  );
  expect(letters("* Thinking")).not.toBe(letters("* Reading file"));
});

const rules = { everyMs: 5, graceMs: 60 };

test("the first pulse gives everybody grace, and steady ones do not prolong it", () => {
  const first = nextPulse(undefined, 1_000, rules);
  expect(first).toEqual({ at: 1_000, graceUntil: 1_060 });
  expect(nextPulse(first, 1_005, rules).graceUntil).toBe(1_060);
  expect(nextPulse({ at: 1_005, graceUntil: 1_060 }, 1_024, rules).graceUntil).toBe(1_060);
});

test("a pulse that comes much too late, or from the past, gives grace anew: the machine slept, or its clock was set", () => {
  const before = { at: 5_000, graceUntil: 1_060 };
  expect(nextPulse(before, 5_021, rules).graceUntil).toBe(5_081);
  expect(nextPulse(before, 4_000, rules).graceUntil).toBe(4_060);
});
