import { expect, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { Rounds } from "../../src/daemon/rounds.ts";
import { fakeClock, settle } from "../support/fake-clock.ts";

/** Rounds whose steps end when the test says so. */
function world() {
  const clock = fakeClock();
  const begun: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const advance = (id: string) => {
    begun.push(id);
    return new Promise<void>((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  };
  const rounds = new Rounds({ clock, log: silentLog, what: "thing", advance });
  const end = async (error?: Error) => {
    ends.shift()?.(error);
    await settle();
  };
  return { clock, begun, rounds, end };
}

test("one round at a time for each, and one more for all kicks meanwhile", async () => {
  const { rounds, begun, end } = world();
  rounds.kick("a");
  rounds.kick("a");
  rounds.kick("a");
  rounds.kick("b");
  expect(begun).toEqual(["a", "b"]);
  await end();
  expect(begun).toEqual(["a", "b", "a"]);
  await end();
  await end();
  expect(begun).toEqual(["a", "b", "a"]);
});

test("after a failure it is tried again in two seconds", async () => {
  const { rounds, clock, begun, end } = world();
  rounds.kick("a");
  await end(new Error("disk full"));
  await clock.advance(1_999);
  expect(begun).toEqual(["a"]);
  await clock.advance(1);
  expect(begun).toEqual(["a", "a"]);
});

test("it is kicked when it is due, unless it was armed anew or disarmed", async () => {
  const { rounds, clock, begun, end } = world();
  rounds.arm("a", 100);
  rounds.arm("a", 200);
  rounds.arm("b", 100);
  rounds.disarm("b");
  await clock.advance(199);
  expect(begun).toEqual([]);
  await clock.advance(1);
  expect(begun).toEqual(["a"]);
  await end();
});

test("nothing begins once it is over, whatever was armed, kicked or failed", async () => {
  const { rounds, clock, begun, end } = world();
  rounds.kick("a");
  rounds.arm("b", 100);
  rounds[Symbol.dispose]();
  rounds.kick("a");
  rounds.kick("c");
  await end(new Error("cut off"));
  rounds.arm("d", 1);
  await clock.advance(10_000);
  expect(begun).toEqual(["a"]);
});
