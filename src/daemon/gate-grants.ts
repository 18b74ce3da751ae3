/** What "always" to a question would be, and whether it was said. */
import { ConductorError } from "../base/errors.ts";
import type { ApprovalAction } from "../contract/approvals.ts";
import {
  type ApprovalRecord,
  type GrantStore,
  grantKey,
  type NewGrant,
} from "../core/approvals/index.ts";
import { whyNoGrant } from "../core/policy/index.ts";
import type { Terminal } from "../core/terminals/index.ts";
import { type Case, type CasePorts, examine } from "./gate-case.ts";

export interface GrantPorts extends CasePorts {
  readonly grants: Pick<GrantStore, "find">;
}

/** The id of the grant that lets it pass. What may have a grant is asked anew: rules may have changed. */
export async function findGrant(
  ports: GrantPorts,
  { asked, record, analysis, verdict }: Case,
  action: ApprovalAction,
): Promise<string | undefined> {
  if (asked.use !== undefined || whyNoGrant(asked.text, analysis, verdict) !== undefined)
    return undefined;
  const key = grantKey({
    agent: record.name,
    workspace: record.cwd,
    cwd: asked.cwd,
    command: asked.text,
    files: action.files ?? [],
  });
  return (await ports.grants.find(key, ports.clock.now()))?.id;
}

/** @throws {ConductorError} `usage.invalid` where there can be none */
export function grantFor(
  ports: GrantPorts,
  approval: ApprovalRecord,
  terminal: Terminal | undefined,
  forMs: number,
): NewGrant {
  const { number, origin, action } = approval;
  const no = (why: string): ConductorError =>
    new ConductorError("usage.invalid", `#${number} can be approved once only: ${why}`, {
      hint: `conductor approve ${number} --once`,
    });
  if (origin === "screen")
    throw no("it is a dialog on a screen; an `always` of its own is answered in the pane");
  if (action.kind !== "command" || action.cwd === null || terminal === undefined)
    throw no("only a command that an agent's gate holds can be granted");
  const { record } = terminal;
  const asked = { text: action.text, cwd: action.cwd, source: "api" } as const;
  const { analysis, verdict } = examine(ports, asked, record);
  const why = whyNoGrant(action.text, analysis, verdict);
  if (why !== undefined) throw no(why);
  return {
    agent: record.name,
    workspace: record.cwd,
    cwd: action.cwd,
    command: action.text,
    files: action.files ?? [],
    expiresAt: ports.clock.now() + forMs,
  };
}
