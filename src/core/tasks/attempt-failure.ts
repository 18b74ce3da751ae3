/** How the agent's part of an attempt ended, from what its connector says. Pure. */
import type { Instant } from "../../base/clock.ts";
import { ConductorError, describeError, ERROR_CODES } from "../../base/errors.ts";
import type { AttemptEnd, AttemptFailure } from "../../contract/execution.ts";
import type { Turn } from "../../contract/terminals.ts";
import type { UsageAmounts } from "../../contract/usage.ts";

/** The end of a prompt, as every connector tells it. */
export interface PromptEnded {
  readonly stopReason: string;
  readonly turn: Turn;
  readonly usage: UsageAmounts | null;
}

const STOPPED: Readonly<Record<string, Omit<AttemptFailure, "retryAt"> | undefined>> = {
  cancelled: {
    class: "retryable",
    code: "agent.interrupted",
    message: "the agent was interrupted",
  },
  refusal: { class: "permanent", code: "agent.refused", message: "the agent refused the work" },
  max_tokens: {
    class: "retryable",
    code: "agent.cut_off",
    message: "the agent ran out of tokens for one turn",
  },
  max_turn_requests: {
    class: "retryable",
    code: "agent.cut_off",
    message: "the agent made as many calls as one turn may have",
  },
};

export function endOfTurn({ stopReason, turn, usage }: PromptEnded, at: Instant): AttemptEnd {
  const stopped = STOPPED[stopReason];
  return {
    failure: stopped === undefined ? null : { ...stopped, retryAt: null },
    text: turn.result?.text ?? null,
    result: null,
    turnId: turn.id,
    usage,
    at,
  };
}

/** The same call again fails again, but the next attempt has another terminal. */
const OF_ITS_TERMINAL: ReadonlySet<string> = new Set(["pane.gone", "name.taken", "state.conflict"]);

/** What may go by itself is worth another try; what the caller has to mend is not. */
export function failureOf(error: unknown): AttemptFailure {
  if (!(error instanceof ConductorError))
    return { class: "retryable", code: "internal", message: describeError(error), retryAt: null };
  const { code, data, hint } = error;
  const message = hint === undefined ? error.message : `${error.message} (${hint})`;
  if (code === "agent.limited") {
    const retryAt = typeof data["retryAt"] === "number" ? data["retryAt"] : null;
    return { class: "rate_limited", code, message, retryAt };
  }
  const isWorthIt = ERROR_CODES[code].retry || OF_ITS_TERMINAL.has(code);
  const kind = isWorthIt ? "retryable" : "permanent";
  return { class: kind, code, message, retryAt: null };
}
