export type { ApprovalSignal } from "./approval.ts";
export { hashAction, nextApprovalState } from "./approval.ts";
export { APPROVAL_FAILPOINTS, type ApprovalFailpoint } from "./failpoints.ts";
export {
  type GrantStore,
  grantKey,
  type NewGrant,
  normalCommand,
} from "./grants.ts";
export type { Question, ScreenAct, ScreenApproval, Sight, Watched } from "./screen.ts";
export {
  ANSWER_MS,
  isSameQuestion,
  nextScreenStep,
  noteQuestion,
  nothingWatched,
  SETTLE_MS,
} from "./screen.ts";
export type {
  ApprovalFilter,
  ApprovalOutcome,
  ApprovalRecord,
  ApprovalStore,
  NewApproval,
} from "./store.ts";
export { OWNER, type TokenStore } from "./tokens.ts";
