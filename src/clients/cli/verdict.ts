import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { ApprovalView, Verdict } from "../../contract/approvals.ts";
import { grantInWords } from "../words/approval.ts";
import { approvalText } from "./approval-text.ts";
import { type Context, tableLook } from "./context.ts";
import { askedAbout } from "./find-approval.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";

interface Decision extends Pick<Verdict, "verdict"> {
  readonly ref: string;
  readonly reason: string | undefined;
  /** Also for so long to come. */
  readonly grantMs?: number | undefined;
  readonly json: boolean | undefined;
}

/** Decides the action as it stands now: its hash goes along, so a changed question is refused. */
export async function giveVerdict(context: Context, decision: Decision): Promise<void> {
  refuseAgents(context);
  const client = await openClient(context);
  const { id, hash } = await askedAbout(client, decision.ref);
  const { verdict, reason, grantMs } = decision;
  const decided = await client.decide(id, {
    verdict,
    hash,
    ...(reason === undefined ? {} : { reason }),
    ...(grantMs === undefined ? {} : { grantMs }),
  });
  const look = tableLook(context.env, context.stdout);
  present(context, decision.json, decided, () =>
    [approvalText(decided, Date.now(), look), ...grantLines(decided, grantMs)].join(""),
  );
}

function grantLines(decided: ApprovalView, grantMs: number | undefined): string[] {
  if (grantMs === undefined || decided.state === "pending") return [];
  const words = grantInWords(decided, Date.now() + grantMs);
  return [`    always: ${printableLine(words)}\n    take it back: conductor grants list\n`];
}

/** The daemon refuses an agent's token; this also says so to an agent that has a human's. */
export function refuseAgents(context: Context): void {
  const terminal = context.env["CONDUCTOR_TERMINAL_ID"] ?? "";
  if (terminal === "") return;
  throw new ConductorError("auth.refused", "an agent cannot decide approvals", {
    hint: "decide it from a shell of your own, or in the side pane",
    data: { terminal },
  });
}
