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

/** `05:30` by the machine's clock; with its day where that is more than half a day off: `2026-11-23 05:30`. */
export function timeOf(at: Instant, now: Instant = Date.now()): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (Math.abs(at - now) < 12 * 3_600_000) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
