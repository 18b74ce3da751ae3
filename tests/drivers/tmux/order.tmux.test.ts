import { afterEach, beforeEach, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { createDriverRig, type DriverRig } from "./driver-rig.ts";

let lifetime: Lifetime;
let rig: DriverRig;

beforeEach(async () => {
  lifetime = new Lifetime();
  rig = await createDriverRig(lifetime, "pipes");
});
afterEach(() => lifetime[Symbol.asyncDispose]());

test("agents that are spawned together stand in the order in which they were asked for", async () => {
  const wanted = Array.from({ length: 20 }, (_, index) => `w${index}`);
  await Promise.all(wanted.map((name) => rig.spawn("exec sleep 1000", { name })));
  const names = await rig.tmux("list-windows", "-t", "=s", "-F", "#{window_name}");
  expect(names.split("\n").filter((name) => name.startsWith("w"))).toEqual(wanted);
});

test("one that cannot be spawned stops none of the others", async () => {
  const [broken, fine] = await Promise.allSettled([
    rig.spawn("exec sleep 1000", { cwd: "/nowhere" }),
    rig.spawn("exec sleep 1000"),
  ]);
  expect(broken).toMatchObject({ status: "rejected", reason: { code: "usage.invalid" } });
  expect(fine).toMatchObject({ status: "fulfilled", value: { dead: false } });
});
