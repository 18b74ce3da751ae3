/** Places between two steps of a delivery where a test kills the daemon; each is passed on a plain delivery. */
export const FAILPOINTS = [
  "delivery.before-claim",
  "delivery.after-claim",
  "delivery.after-typing-mark",
  "delivery.before-paste",
  "delivery.after-paste",
  "delivery.before-enter",
  "delivery.after-enter",
  "delivery.before-settle",
  "delivery.after-settle",
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];
