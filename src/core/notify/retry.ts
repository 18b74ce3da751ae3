/** When a notification is tried again. */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** As Standard Webhooks recommends: a receiver may be down for a day. */
const WEBHOOK_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
];
/** What is news on a screen is none an hour later. */
const LOCAL_MS = [5 * SECOND_MS, MINUTE_MS];

/**
 * @param attempts  those that failed
 * @param random  from 0 to 1: those that failed together do not come back together
 * @returns undefined where it is not tried again
 */
export function retryAfterMs(
  target: string,
  attempts: number,
  random: () => number,
): number | undefined {
  const delays = target.startsWith("webhook:") ? WEBHOOK_MS : LOCAL_MS;
  const delay = delays[attempts - 1];
  return delay === undefined ? undefined : Math.round(delay * (1 + 0.2 * random()));
}
