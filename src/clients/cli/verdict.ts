import { ConductorError } from "../../base/errors.ts";
import type { Verdict } from "../../contract/approvals.ts";
import { approvalText } from "./approvals.ts";
import { type Context, wantsColor } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";

interface Decision extends Pick<Verdict, "verdict"> {
  readonly ref: string;
  readonly reason: string | undefined;
  readonly json: boolean | undefined;
}

/** Decides the action as it stands now: its hash goes along, so a changed question is refused. */
export async function giveVerdict(context: Context, decision: Decision): Promise<void> {
  refuseAgents(context);
  const client = await openClient(context);
  const { hash } = await client.approval(decision.ref);
  const { verdict, reason } = decision;
  const asked = reason === undefined ? { verdict, hash } : { verdict, hash, reason };
  const decided = await client.decide(decision.ref, asked);
  const color = wantsColor(context.env, context.stdout);
  present(context, decision.json, decided, () => approvalText(decided, Date.now(), color));
}

/** The daemon refuses an agent's token; this also says so to an agent that has a human's. */
function refuseAgents(context: Context): void {
  const terminal = context.env["CONDUCTOR_TERMINAL_ID"] ?? "";
  if (terminal === "") return;
  throw new ConductorError("auth.refused", "an agent cannot decide approvals", {
    hint: "decide it from a shell of your own, in the side pane or on the page",
    data: { terminal },
  });
}
