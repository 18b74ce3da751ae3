import { expect, test } from "vitest";
import { newId } from "../src/base/ids.ts";
import { Lifetime } from "../src/base/lifetime.ts";

test("ids sort by the time they were made at", () => {
  const ids = [1, 2, 1_000, 1_800_000_000_000].map((at) => newId("t", at));
  expect(ids.toSorted()).toEqual(ids);
  expect(ids[0]).toMatch(/^t_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
});

test("a lifetime releases the newest resource first and reports every failure", async () => {
  const released: string[] = [];
  const lifetime = new Lifetime();
  lifetime.own(() => void released.push("first"));
  lifetime.own(() => {
    released.push("second");
    throw new Error("second broke");
  });
  await expect(lifetime[Symbol.asyncDispose]()).rejects.toThrow("some resources did not close");
  expect(released).toEqual(["second", "first"]);
  expect(lifetime.signal.aborted).toBe(true);
});
