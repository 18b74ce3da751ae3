/** Milliseconds since the epoch. */
export type Instant = number;

/** Time as a port, so that every rule about it can be tested without waiting. */
export interface Clock {
  now(): Instant;
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
