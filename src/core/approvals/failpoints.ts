/** Places between two steps of an answer where a test kills the daemon; each is passed on a plain one. */
export const APPROVAL_FAILPOINTS = [
  "approval.after-request",
  "approval.before-verdict",
  "approval.after-verdict",
  "approval.after-intent",
  "approval.after-key",
  "approval.before-finish",
  "approval.after-finish",
] as const;
export type ApprovalFailpoint = (typeof APPROVAL_FAILPOINTS)[number];
