import { expect, test } from "vitest";
import { labelled, verdict } from "./verdicts.ts";

const DEV = labelled("dev").map((one) => ({ ...one, effect: verdict(one.command).effect }));
const flagged = DEV.filter((one) => one.risk !== "safe");
const safe = DEV.filter((one) => one.risk === "safe");
const deny = DEV.filter((one) => one.risk === "deny");

test("the set has its 745 commands", () => {
  expect([DEV.length, safe.length, deny.length]).toEqual([745, 265, 266]);
});

test("at least 98.5 % of what is risky is held", () => {
  const missed = flagged.filter((one) => one.effect === "allow").map((one) => one.command);
  expect(beyond(missed, flagged.length * 0.015)).toEqual([]);
});

test("at most 0.5 % of what must be refused is let through", () => {
  const leaked = deny.filter((one) => one.effect === "allow").map((one) => one.command);
  expect(beyond(leaked, deny.length * 0.005)).toEqual([]);
});

test("at most 1.5 % of safe work is stopped", () => {
  const stopped = safe.filter((one) => one.effect !== "allow").map((one) => one.command);
  expect(beyond(stopped, safe.length * 0.015)).toEqual([]);
});

/** All of them where there are more than may be, none else: a failure shows every line. */
function beyond(lines: readonly string[], allowed: number): readonly string[] {
  return lines.length > allowed ? lines : [];
}
