import type { Command } from "commander";
import type { ApprovalView } from "../../contract/approvals.ts";
import { approvalText } from "./approval-text.ts";
import { command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { askedAbout } from "./find-approval.ts";
import type { MarkedLook } from "./marked-text.ts";
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
    "approvals show 7",
  ])
    .option("-w, --watch", "redraw whenever something changes")
    .option("-a, --all", "also the ones that are settled")
    .action((options: ApprovalsOptions) => run(context, options))
    .addCommand(showCommand(context));
}

function showCommand(context: Context): Command {
  return command("show", "One of them in full, waiting or settled", ["approvals show 7"])
    .argument("<id>", "its number, the start of its id, or the name of the agent that asks")
    .action(async (ref: string, options: JsonOption) => {
      const approval = await askedAbout(await openClient(context), ref);
      const look = tableLook(context.env, context.stdout);
      present(context, options.json, approval, () => approvalText(approval, Date.now(), look));
    });
}

async function run(context: Context, options: ApprovalsOptions): Promise<void> {
  const client = await openClient(context);
  const look = tableLook(context.env, context.stdout);
  const draw = async (): Promise<{ data: unknown; text: string }> => {
    // Oldest first, as in the side pane: the newest stands where the eye is.
    const approvals = (await client.approvals({ all: options.all })).toSorted(
      (one, other) => one.number - other.number,
    );
    return { data: approvals, text: approvalsText(approvals, Date.now(), look) };
  };
  if (options.watch === true) return watch(context, { client, json: options.json, draw });
  const { data, text } = await draw();
  present(context, options.json, data, () => text);
}

const DECIDE =
  "decide: conductor approve N, conductor approve N --always, conductor deny N --reason TEXT";

function approvalsText(approvals: readonly ApprovalView[], now: number, look: MarkedLook): string {
  if (approvals.length === 0) return "nothing waits for approval\n";
  const shown = approvals.map((approval) => approvalText(approval, now, look)).join("\n");
  const waits = approvals.some(({ state }) => state === "pending");
  return waits ? `${shown}\n${DECIDE}\n` : shown;
}
