import { expect, test } from "vitest";
import { FactsWatch } from "../../../src/drivers/tmux/facts-watch.ts";
import { fakeClock } from "../../support/fake-clock.ts";

test("rows are told when they are new or have changed, once a second, until the end", async () => {
  const clock = fakeClock();
  const told: string[] = [];
  let listing = "%1\ta\n%2\tb\n";
  const watch = new FactsWatch({
    clock,
    list: async () => listing,
    tell: (_paneId, row) => void told.push(row),
  });
  await clock.advance(1_000);
  expect(told).toEqual(["%1\ta", "%2\tb"]);
  listing = "%1\ta\n%2\tc\n";
  await clock.advance(2_000);
  expect(told.slice(2)).toEqual(["%2\tc"]);
  watch[Symbol.dispose]();
  listing = "%1\tz\n";
  await clock.advance(2_000);
  expect(told).toHaveLength(3);
});

test("a listing that fails stops nothing", async () => {
  const clock = fakeClock();
  const told: string[] = [];
  let isBroken = true;
  const watch = new FactsWatch({
    clock,
    list: async () => {
      if (isBroken) throw new Error("lost");
      return "%1\ta";
    },
    tell: (paneId, row) => void told.push(`${paneId}: ${row}`),
  });
  await clock.advance(1_000);
  isBroken = false;
  await clock.advance(1_000);
  expect(told).toEqual(["%1: %1\ta"]);
  watch[Symbol.dispose]();
});
