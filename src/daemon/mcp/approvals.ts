/** The tool with which an agent asks a human. */
import { z } from "zod";
import { assertNever, ConductorError } from "../../base/errors.ts";
import type { ApprovalRecord } from "../../core/approvals/index.ts";
import { type Tool, type ToolCall, tool, usage, whileTelling } from "./tool.ts";

const WAIT_SECONDS = 600;

const requestApproval = tool({
  name: "request_approval",
  title: "Ask a human to approve one exact action",
  description:
    "Asks a human for a yes or no before you do something that is theirs to decide: money, publishing, deleting, anything that cannot be undone. Waits for the answer. A yes is for this one action, as you wrote it. Risky shell commands are held for approval by themselves: you need not ask for them here.",
  input: z.strictObject({
    action: z
      .string()
      .min(1)
      .max(20_000)
      .optional()
      .describe(
        "The exact action, word for word what you will do. Give either action or approval.",
      ),
    why: z.string().max(4_000).optional().describe("Why it is needed, in a sentence or two."),
    wait_seconds: z
      .number()
      .int()
      .min(1)
      .max(3_600)
      .optional()
      .describe(`How long to wait for the human. Leave it away for ${WAIT_SECONDS}.`),
    approval: z
      .string()
      .max(200)
      .optional()
      .describe("Id of an approval you asked for before, to wait for it again."),
  }),
  run: async (input, call) => {
    const { services, signal, limitMs } = call;
    const waitMs = Math.min((input.wait_seconds ?? WAIT_SECONDS) * 1_000, limitMs ?? Infinity);
    const asked = await ask(input, call);
    const stand = async () => `approval ${asked.number} waits for a human`;
    const waiting = services.desk.wait(asked.id, waitMs, signal);
    return verdictText(await whileTelling(call, stand, waiting));
  },
});

export const approvalTools: readonly Tool[] = [requestApproval];

interface Asked {
  readonly action?: string | undefined;
  readonly why?: string | undefined;
  readonly approval?: string | undefined;
}

async function ask(
  { action, why, approval }: Asked,
  { services, own, caller }: ToolCall,
): Promise<ApprovalRecord> {
  if ((action === undefined) === (approval === undefined))
    throw usage("give either action or approval", "action is what you want to do, word for word");
  if (action !== undefined) {
    const asked = { kind: "tool", text: action, cwd: own.record.cwd, why: why ?? null } as const;
    return services.desk.request({ action: asked }, caller, { isWaitedFor: false });
  }
  const known = await services.approvals.get(approval ?? "");
  if (known.terminalId === own.record.id) return known;
  throw new ConductorError("not_found", `no approval ${approval ?? ""} of yours`);
}

function verdictText({ state, id, number, reason }: ApprovalRecord): string {
  const said = reason === null || reason === "" ? "" : ` The human said: ${reason}`;
  switch (state) {
    case "approved":
    case "consumed":
      return `Approved: do it now, exactly as you wrote it, once.${said}`;
    case "denied":
      return `Denied: do not do it, nor the same by another way.${said}`;
    case "pending":
      return `No answer yet. Do not do it. Call request_approval with approval "${id}" to wait again, or go on with other work; a human sees it as number ${number}.`;
    case "expired":
    case "abandoned":
    case "cancelled":
      return `Not approved (${state}): do not do it.${said}`;
    default:
      return assertNever(state);
  }
}
