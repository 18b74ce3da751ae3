import { expect, test } from "vitest";
import { createPasses } from "../../../src/daemon/hooks/passes.ts";
import { fakeClock } from "../../support/fake-clock.ts";

const pass = { key: "k", call: "toolu_1" };

test("a pass is taken once, by its own terminal and for its own action", () => {
  const passes = createPasses(fakeClock());
  passes.give("t_1", pass);
  expect(passes.take("t_2", "k")).toBe(false);
  expect(passes.take("t_1", "other")).toBe(false);
  expect(passes.take("t_1", "k")).toBe(true);
  expect(passes.take("t_1", "k")).toBe(false);
});

test("two calls of one text have a pass each", () => {
  const passes = createPasses(fakeClock());
  passes.give("t_1", pass);
  passes.give("t_1", { ...pass, call: "toolu_2" });
  expect([1, 2, 3].map(() => passes.take("t_1", "k"))).toEqual([true, true, false]);
});

test("it is void once its call is over, and after half a minute", async () => {
  const clock = fakeClock();
  const passes = createPasses(clock);
  passes.give("t_1", pass);
  passes.end("t_1", "toolu_2");
  passes.end("t_1", "toolu_1");
  expect(passes.take("t_1", "k")).toBe(false);
  passes.give("t_1", pass);
  await clock.advance(30_000);
  expect(passes.take("t_1", "k")).toBe(false);
});
