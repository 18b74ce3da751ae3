import { ConductorError } from "../../base/errors.ts";
import type { ApprovalView } from "../../contract/approvals.ts";
import type { Client } from "../link/client.ts";

/** By number or id; by an agent's name where that agent asks for one thing only. */
export async function askedAbout(client: Client, ref: string): Promise<ApprovalView> {
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
