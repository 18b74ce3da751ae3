/** Places between two writes of an attempt, where a test kills the daemon. */
export const ATTEMPT_FAILPOINTS = [
  "attempt.after-route",
  "attempt.after-launch",
  "attempt.after-open",
  "attempt.after-prompt",
  "attempt.after-turn",
  "attempt.after-end",
  "attempt.after-run",
  "attempt.after-check",
  "attempt.after-evidence",
  "attempt.after-settle",
  "attempt.after-close",
  "attempt.after-release",
] as const;
export type AttemptFailpoint = (typeof ATTEMPT_FAILPOINTS)[number];
