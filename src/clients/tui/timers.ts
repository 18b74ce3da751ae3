import type { Clock } from "../../base/clock.ts";

/** Timers that end with their owner. */
export interface Timers extends Disposable {
  after(delayMs: number, run: () => void): void;
}

export function createTimers(clock: Clock): Timers {
  const pending = new Set<() => void>();
  return {
    after: (delayMs, run) => {
      const cancel = clock.after(delayMs, () => {
        pending.delete(cancel);
        run();
      });
      pending.add(cancel);
    },
    [Symbol.dispose]: () => {
      for (const cancel of pending) cancel();
      pending.clear();
    },
  };
}
