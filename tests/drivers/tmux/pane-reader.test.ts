import { expect, test } from "vitest";
import { PaneReader } from "../../../src/drivers/tmux/pane-reader.ts";
import { fakeClock, settle } from "../../support/fake-clock.ts";

function reading() {
  const clock = fakeClock(1_000);
  const reads: number[] = [];
  const reader = new PaneReader({
    clock,
    read: async () => void reads.push(clock.now() - 1_000),
    pause: () => undefined,
    resume: () => undefined,
  });
  return { clock, reads, reader };
}

test("a change right after another is read at once, and so is a third", async () => {
  const { reads, reader } = reading();
  for (let change = 0; change < 3; change += 1) {
    reader.output(10);
    await settle();
  }
  expect(reads).toEqual([0, 0, 0]);
});

test("what never stops changing is read 50 ms apart, and once more after its last change", async () => {
  const { clock, reads, reader } = reading();
  for (let at = 0; at < 300; at += 10) {
    reader.output(10);
    await clock.advance(10);
  }
  await clock.advance(1_000);
  expect(reads).toEqual([0, 10, 20, 50, 100, 150, 200, 250, 300]);
});

test("a redraw every 100 ms delays no change in between", async () => {
  const { clock, reads, reader } = reading();
  for (let at = 0; at < 500; at += 100) {
    reader.output(10);
    await clock.advance(30);
    reader.output(10);
    await clock.advance(70);
  }
  expect(reads).toEqual([0, 30, 100, 130, 200, 230, 300, 330, 400, 430]);
});

test("a pane that floods is read every 250 ms", async () => {
  const { clock, reads, reader } = reading();
  reader.output(40_000);
  await clock.advance(900);
  expect(reads).toEqual([0, 250, 500, 750]);
});
