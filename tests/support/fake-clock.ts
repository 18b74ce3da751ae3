import type { Clock } from "../../src/base/clock.ts";

export interface FakeClock extends Clock {
  /** Moves the time and runs what became due, in order, letting promises settle in between. */
  advance(ms: number): Promise<void>;
}

/** Time that only moves by hand. */
export function fakeClock(start = 0): FakeClock {
  let now = start;
  let count = 0;
  const timers = new Map<number, { at: number; run: () => void }>();
  const due = (end: number) =>
    [...timers].filter(([, timer]) => timer.at <= end).toSorted((a, b) => a[1].at - b[1].at)[0];
  return {
    now: () => now,
    after: (delayMs, run) => {
      count += 1;
      const id = count;
      timers.set(id, { at: now + delayMs, run });
      return () => void timers.delete(id);
    },
    advance: async (ms) => {
      const end = now + ms;
      await settle();
      for (let next = due(end); next !== undefined; next = due(end)) {
        const [id, timer] = next;
        timers.delete(id);
        now = Math.max(now, timer.at);
        timer.run();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

/** Lets everything that is ready run, also what those things make ready. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
