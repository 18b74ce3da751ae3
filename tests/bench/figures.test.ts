import { expect, test } from "vitest";
import { latencies } from "../../bench/latency.ts";
import { atMost, atMostShare } from "../../bench/result.ts";
import { percentile } from "../../bench/stats.ts";

const seen = (key: string, mode: string, at: number) => ({ key, mode, at });

test("a change counts from when it was drawn to when it was first heard of", () => {
  const drawn = [
    seen("a", "working", 1_000),
    seen("a", "idle", 2_000),
    seen("b", "working", 1_500),
  ];
  const heard = [
    seen("a", "working", 1_003),
    seen("b", "working", 1_501),
    seen("a", "idle", 2_004),
    seen("a", "idle", 2_900),
  ];
  expect(latencies(drawn, heard)).toEqual({ ms: [3, 4, 1], missedMs: [] });
});

test("a change that was over before it was heard of is missed, and the next one is not mistaken for it", () => {
  const drawn = [
    seen("a", "working", 1_000),
    seen("a", "idle", 1_100),
    seen("a", "working", 2_000),
    seen("a", "idle", 2_100),
  ];
  const heard = [seen("a", "working", 2_005), seen("a", "idle", 2_110)];
  expect(latencies(drawn, heard)).toEqual({ ms: [5, 10], missedMs: [1_000, 1_000] });
});

test("a percentile is a sample; of none there is no percentile", () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  expect(percentile([1, 2, 3, 4], 0.99)).toBe(4);
  expect(percentile([], 0.5)).toBeNaN();
});

test("what was not measured meets no target", () => {
  expect(atMost({ name: "x", value: Number.NaN, unit: "ms" }, 100).met).toBe(false);
});

test("a share of the baseline is the target", () => {
  const figure = { name: "x", value: 2, unit: "ms", channel: "pty" } as const;
  expect(atMostShare(figure, 1 / 50, 110)).toEqual({
    ...figure,
    target: 2.2,
    met: true,
    baseline: 110,
  });
  expect(atMostShare(figure, 1 / 60, 110).met).toBe(false);
});
