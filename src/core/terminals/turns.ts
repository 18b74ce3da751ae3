/** The life of one turn: submitted, running, ended. Pure; the controller owns turns, nothing is guessed. */
import type { Instant } from "../../base/clock.ts";
import type { TurnState } from "../../contract/terminals.ts";
import type { TerminalStatus } from "./status.ts";

export interface OpenTurn {
  readonly id: string;
  readonly messageId: string | null;
  readonly state: "submitted" | "running";
  readonly startedAt: Instant;
  /** A person or a message asked the agent to stop. */
  readonly interrupted: boolean;
}

export type TurnStep =
  | { readonly kind: "stay" }
  | { readonly kind: "run" }
  | {
      readonly kind: "end";
      readonly state: Extract<TurnState, "completed" | "failed" | "interrupted">;
    };

/** An agent may need this long to show that it works; before that, idle is the screen of before. */
export const TURN_SETTLE_MS = 1_500;
/** A turn that shows neither work nor an answer is over after that. */
export const TURN_BEGIN_MS = 10_000;

const stay: TurnStep = { kind: "stay" };

/** What the terminal's status, read from a screen taken at `seenAt`, means for its open turn. */
export function nextTurn(turn: OpenTurn, status: TerminalStatus, seenAt: Instant): TurnStep {
  switch (status.status) {
    case "working":
    case "waiting":
      return turn.state === "submitted" ? { kind: "run" } : stay;
    case "idle":
      return ended(turn, seenAt) ? { kind: "end", state: outcome(turn, status) } : stay;
    case "error":
    case "exited":
    case "lost":
      return { kind: "end", state: turn.interrupted ? "interrupted" : "failed" };
    case "starting":
    case "unknown":
      return stay;
    default:
      return stay;
  }
}

function ended(turn: OpenTurn, seenAt: Instant): boolean {
  return turn.state === "running" || seenAt - turn.startedAt >= TURN_SETTLE_MS;
}

function outcome(turn: OpenTurn, status: TerminalStatus): "completed" | "failed" | "interrupted" {
  if (turn.interrupted) return "interrupted";
  return status.detail === "" ? "completed" : "failed";
}
