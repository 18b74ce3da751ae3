import { ConductorError } from "../../base/errors.ts";
import type { ApprovalView, Verdict } from "../../contract/approvals.ts";
import type { Client } from "../link/client.ts";
import { approvalText } from "./approvals.ts";
import { type Context, wantsColor } from "./context.ts";
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
  const color = wantsColor(context.env, context.stdout);
  present(context, decision.json, decided, () => approvalText(decided, Date.now(), color));
}

/** By number or id; by an agent's name where that agent asks for one thing only. */
async function askedAbout(client: Client, ref: string): Promise<ApprovalView> {
  try {
    return await client.approval(ref);
  } catch (error) {
    const isUnknown = error instanceof ConductorError && error.code === "not_found";
    if (!isUnknown) throw error;
    const theirs = (await client.approvals()).filter((each) => each.terminalName === ref);
    const [only, more] = theirs;
    if (only === undefined) throw error;
    if (more === undefined) return only;
    const numbers = theirs.map(({ number }) => number).join(", ");
    throw new ConductorError("name.ambiguous", `${ref} asks for more than one thing: ${numbers}`, {
      hint: "give a number; conductor approvals shows them",
    });
  }
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
