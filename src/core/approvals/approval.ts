import { createHash } from "node:crypto";
import { assertNever } from "../../base/errors.ts";
import type { ApprovalAction, ApprovalState } from "../../contract/approvals.ts";
import { canonicalJson } from "../journal/index.ts";

/** What can happen to an approval; the clock only comes in as `expire`. */
export type ApprovalSignal = "approve" | "deny" | "consume" | "expire" | "abandon" | "cancel";

/** The state after the signal, or undefined where it must not happen: the first verdict wins. */
export function nextApprovalState(
  state: ApprovalState,
  signal: ApprovalSignal,
): ApprovalState | undefined {
  switch (state) {
    case "pending":
      return fromPending[signal];
    case "approved":
      return fromApproved[signal];
    case "consumed":
    case "denied":
    case "expired":
    case "abandoned":
    case "cancelled":
      return undefined;
    default:
      return assertNever(state);
  }
}

const fromPending: Partial<Record<ApprovalSignal, ApprovalState>> = {
  approve: "approved",
  deny: "denied",
  expire: "expired",
  abandon: "abandoned",
  cancel: "cancelled",
};
/** A yes that nobody used in time is worth nothing any more. */
const fromApproved: Partial<Record<ApprovalSignal, ApprovalState>> = {
  consume: "consumed",
  expire: "expired",
  abandon: "abandoned",
  cancel: "cancelled",
};

/** Binds a verdict to the exact action that was shown, and not to what is there to help the eye. */
export function hashAction(action: ApprovalAction): string {
  const { kind, text, cwd, why, files, rules, instead } = action;
  const bound = { kind, text, cwd, why, files, rules, instead };
  return createHash("sha256").update(canonicalJson(bound)).digest("hex");
}
