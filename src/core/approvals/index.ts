export type { ApprovalSignal } from "./approval.ts";
export { hashAction, nextApprovalState } from "./approval.ts";
export type { ApprovalFilter, ApprovalRecord, ApprovalStore, NewApproval } from "./store.ts";
