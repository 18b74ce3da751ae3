import { exact, printableLine } from "../../base/printable.ts";
import type { ApprovalView } from "../../contract/approvals.ts";
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
    ...(action.why === null ? [] : [`    why: ${printableLine(action.why)}`]),
    ...voteLines(approval.vote),
    ...aboutLines(action).map((line) => `    ${printableLine(line)}`),
    ...(approval.reason === null ? [] : [`    reason: ${printableLine(approval.reason)}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function voteLines(vote: ApprovalView["vote"]): string[] {
  if (vote === undefined) return [];
  const { quorum, yes, no } = vote;
  const said = [...yes.map((who) => `${who} said yes`), ...no.map((who) => `${who} said no`)];
  const so = said.length === 0 ? "nobody has said anything yet" : said.join(", ");
  return [`    needs ${quorum} people: ${printableLine(so)}`];
}

/** What the gate found out: which rule asks, what it would touch, what is safer. */
function aboutLines({ rules, touches, instead }: ApprovalView["action"]): string[] {
  return [
    ...(rules === undefined ? [] : [`rule: ${rules.join(", ")}`]),
    ...(touches === undefined ? [] : [`touches: ${touches.join(", ")}`]),
    ...(instead === undefined ? [] : [`safer: ${instead}`]),
  ];
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
