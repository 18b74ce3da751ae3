/** How a prompt ended, from the message that carried it. Pure. */
import { ConductorError } from "../../base/errors.ts";
import type { MessageView } from "../../contract/messages.ts";
import type { Turn } from "../../contract/terminals.ts";
import type { StopReason } from "./connector.ts";

export interface AgentSeen {
  readonly name: string;
  readonly isLive: boolean;
  /** Why it is not, in words. */
  readonly reason: string | null;
  /** Out of quota; `retryAt` where that is known. */
  readonly limited: { readonly retryAt: number | null } | undefined;
}

export type PromptStep =
  | { readonly kind: "wait" }
  | { readonly kind: "end"; readonly stopReason: StopReason; readonly turn: Turn }
  | { readonly kind: "fail"; readonly error: ConductorError };

export function nextPromptStep(message: MessageView, agent: AgentSeen): PromptStep {
  const { state, turn } = message;
  if (turn !== null) return turn.endedAt === null ? { kind: "wait" } : ended(turn, agent);
  if (state === "queued" || state === "delivering" || state === "delivered") return waits(agent);
  if (state === "expired") return fail("timeout", `${agent.name} could not begin in time`);
  return fail(
    "agent.unreached",
    `${agent.name} did not get the prompt: ${message.reason ?? state}`,
  );
}

function waits(agent: AgentSeen): PromptStep {
  if (agent.isLive) return { kind: "wait" };
  return fail("agent.gone", `${agent.name} is gone${because(agent)}`);
}

function ended(turn: Turn, agent: AgentSeen): PromptStep {
  const { state } = turn;
  const said = turn.result?.text ?? "";
  if (state === "completed") return { kind: "end", stopReason: "end_turn", turn };
  if (state === "interrupted" || state === "cancelled")
    return { kind: "end", stopReason: "cancelled", turn };
  const data = { turn: turn.id };
  if (!agent.isLive)
    return fail("agent.gone", `${agent.name} ended in the middle of its turn`, data);
  const about = said === "" ? "" : `: ${said.slice(0, 1_000)}`;
  if (agent.limited !== undefined)
    return fail("agent.limited", `${agent.name} is out of quota${about}`, {
      ...data,
      ...agent.limited,
    });
  return fail("agent.failed", `${agent.name}'s turn ended with an error${about}`, data);
}

function because({ reason }: AgentSeen): string {
  return reason === null ? "" : ` (${reason})`;
}

function fail(
  code: "agent.failed" | "agent.gone" | "agent.limited" | "agent.unreached" | "timeout",
  message: string,
  data: Readonly<Record<string, unknown>> = {},
): PromptStep {
  return { kind: "fail", error: new ConductorError(code, message, { data }) };
}
