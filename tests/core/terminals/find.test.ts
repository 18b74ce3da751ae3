import { expect, test } from "vitest";
import { bench, spec } from "./bench.ts";

test("a terminal is found by a beginning of its id that no other has", async () => {
  const { terminals } = bench();
  const one = await terminals.launch({ ...spec("one"), id: "t_aa1" }, "human");
  await terminals.launch({ ...spec("two"), id: "t_ab2" }, "human");
  expect(terminals.find("t_aa")).toBe(one);
  expect(() => terminals.find("t_a")).toThrow("t_a could be shop/one or shop/two");
  expect(() => terminals.find("t_c")).toThrow("no terminal is called t_c");
});

test("of ended terminals of one name the newest is meant", async () => {
  const { terminals, clock } = bench();
  const first = await terminals.launch(spec("dev"), "human");
  await terminals.stop(first, { actor: "human", force: true });
  await clock.advance(10);
  const second = await terminals.launch(spec("dev"), "human");
  await terminals.stop(second, { actor: "human", force: true });
  expect(terminals.find("dev")).toBe(second);
});
