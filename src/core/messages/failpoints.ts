/** Places between two steps of a delivery where a test kills the daemon; each is passed on a plain delivery. */
export const DELIVERY_FAILPOINTS = [
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
/** Passed before those by a message that interrupts a working agent. */
export const INTERRUPT_FAILPOINTS = ["interrupt.before-keys", "interrupt.after-keys"] as const;
export type Failpoint = (typeof DELIVERY_FAILPOINTS | typeof INTERRUPT_FAILPOINTS)[number];
