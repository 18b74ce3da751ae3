import type { Command } from "commander";
import { exact, printableLine } from "../../base/printable.ts";
import type { ApprovalView } from "../../contract/approvals.ts";
import { command, type JsonOption } from "./command.ts";
import { type Context, wantsColor } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { watch } from "./watch.ts";

interface ApprovalsOptions extends JsonOption {
  readonly watch?: boolean;
  readonly all?: boolean;
}

export function build(context: Context): Command {
  return command("approvals", "List what agents are asking a human, each action in full", [
    "approvals",
    "approvals --watch",
    "approvals --all --json",
  ])
    .option("-w, --watch", "redraw whenever something changes")
    .option("-a, --all", "also the ones that are settled")
    .action((options: ApprovalsOptions) => run(context, options));
}

async function run(context: Context, options: ApprovalsOptions): Promise<void> {
  const client = await openClient(context);
  const color = wantsColor(context.env, context.stdout);
  const draw = async (): Promise<{ data: unknown; text: string }> => {
    // Oldest first, as in the side pane: the newest stands where the eye is.
    const approvals = (await client.approvals({ all: options.all })).toSorted(
      (one, other) => one.number - other.number,
    );
    return { data: approvals, text: approvalsText(approvals, Date.now(), color) };
  };
  if (options.watch === true) return watch(context, { client, json: options.json, draw });
  const { data, text } = await draw();
  present(context, options.json, data, () => text);
}

function approvalsText(approvals: readonly ApprovalView[], now: number, color: boolean): string {
  if (approvals.length === 0) return "nothing waits for approval\n";
  return approvals.map((approval) => approvalText(approval, now, color)).join("\n");
}

/** One approval with its exact action, as `approve` and `deny` show it again. */
export function approvalText(approval: ApprovalView, now: number, color: boolean): string {
  const { action } = approval;
  const head = `#${approval.number}  ${approval.terminalName ?? approval.origin}  ${stateText(approval, now)}`;
  const shown = printableLine(head);
  const lines = [
    color ? `\x1b[1m${shown}\x1b[0m` : shown,
    ...indented(action.text),
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

function indented(text: string): string[] {
  return exact(text)
    .split("\n")
    .map((line) => `    ${line}`);
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
