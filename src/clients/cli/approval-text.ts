import { exact, printableLine } from "../../base/printable.ts";
import type { ApprovalView } from "../../contract/approvals.ts";
import { aboutAction } from "../words/approval.ts";
import { age } from "./duration.ts";
import { type MarkedLook, markedLines } from "./marked-text.ts";

/** One approval with its exact action, as `approve` and `deny` show it again. */
export function approvalText(approval: ApprovalView, now: number, look: MarkedLook): string {
  const { action } = approval;
  const head = `#${approval.number}  ${approval.terminalName ?? approval.origin}  ${stateText(approval, now)}`;
  const shown = printableLine(head);
  const lines = [
    look.color ? `\x1b[1m${shown}\x1b[0m` : shown,
    ...commandLines(action, look),
    ...(action.cwd === null ? [] : [`    in ${exact(printableLine(action.cwd))}`]),
    ...aboutAction(approval).map(({ label, text }) => `${INDENT}${label}: ${printableLine(text)}`),
    ...(approval.reason === null ? [] : [`    reason: ${printableLine(approval.reason)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

const INDENT = "    ";

function commandLines({ text, marks }: ApprovalView["action"], look: MarkedLook): string[] {
  const columns = look.columns === undefined ? undefined : look.columns - INDENT.length;
  const lines = markedLines(text, marks, { color: look.color, columns });
  return lines.map((line) => `${INDENT}${line}`);
}

function stateText(approval: ApprovalView, now: number): string {
  if (approval.state !== "pending") {
    // The verdict was taken: to a person that is a yes that was carried out.
    const state = approval.state === "consumed" ? "approved" : approval.state;
    return `${state}${approval.decidedBy === null ? "" : ` by ${approval.decidedBy}`}`;
  }
  const asked = `asked ${age(approval.createdAt, now)} ago`;
  return `${asked}, expires in ${age(now, approval.expiresAt)}`;
}
