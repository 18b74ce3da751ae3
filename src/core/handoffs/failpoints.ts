/** Places between two writes of a handoff, where a test kills the daemon. */
export const HANDOFF_FAILPOINTS = [
  "handoff.after-request",
  "handoff.after-choose",
  "handoff.after-launch",
  "handoff.after-message",
  "handoff.after-submit",
  "handoff.before-settle",
  "handoff.after-settle",
  "handoff.before-release",
  "handoff.after-release",
] as const;
export type HandoffFailpoint = (typeof HANDOFF_FAILPOINTS)[number];
