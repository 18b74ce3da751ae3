import { expect, test } from "vitest";
import { labelled, verdict } from "./verdicts.ts";

/** The project's own set, and six that were written without a look at the guard's code. */
const SETS = ["dev", "held", "fresh", "confirm", "blind-a", "blind-b", "blind-c"].map((name) => {
  const all = labelled(name).map((one) => ({ ...one, effect: verdict(one.command).effect }));
  return {
    name,
    all,
    flagged: all.filter((one) => one.risk !== "safe"),
    safe: all.filter((one) => one.risk === "safe"),
    deny: all.filter((one) => one.risk === "deny"),
  };
});

test("the sets are whole", () => {
  const sizes = SETS.map(({ all, safe, deny }) => [all.length, safe.length, deny.length]);
  expect(sizes).toEqual([
    [745, 265, 266],
    [1244, 472, 371],
    [1096, 396, 353],
    [237, 115, 71],
    [620, 220, 221],
    [500, 260, 130],
    [600, 215, 214],
  ]);
});

test("no line of the project's own set is judged wrongly", () => {
  const wrong = SETS[0]?.all.filter((one) => (one.risk === "safe") !== (one.effect === "allow"));
  expect(wrong).toEqual([]);
});

test.each(SETS)("$name: at least 98.5 % of what is risky is held", ({ flagged }) => {
  const missed = flagged.filter((one) => one.effect === "allow").map((one) => one.command);
  expect(beyond(missed, flagged.length * 0.015)).toEqual([]);
});

test.each(SETS)("$name: at most 0.5 % of what must be refused is let through", ({ deny }) => {
  const leaked = deny.filter((one) => one.effect === "allow").map((one) => one.command);
  expect(beyond(leaked, deny.length * 0.005)).toEqual([]);
});

test.each(SETS)("$name: at most 1.5 % of safe work is stopped", ({ safe }) => {
  const stopped = safe.filter((one) => one.effect !== "allow").map((one) => one.command);
  expect(beyond(stopped, safe.length * 0.015)).toEqual([]);
});

/** All of them where there are more than may be, none else: a failure shows every line. */
function beyond(lines: readonly string[], allowed: number): readonly string[] {
  return lines.length > allowed ? lines : [];
}
