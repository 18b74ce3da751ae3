/** The life of one attempt at a task by the executor. Pure: one union, one transition. */
import type { AttemptState } from "../../contract/execution.ts";

export type AttemptSignal =
  /** Its agent's terminal is up. */
  | "open"
  /** The agent has been told, and its turn is waited for. */
  | "prompt"
  /** The agent's part is over, well or not. */
  | "end"
  /** The task's check has run. */
  | "check"
  /** The outcome stands in the task. */
  | "settle"
  /** The task is not ours any more: nothing of this attempt counts. */
  | "lose";

type Moves = Partial<Record<AttemptSignal, AttemptState>>;

const ends: Moves = { settle: "settled", lose: "lost" };
const MOVES: Readonly<Record<AttemptState, Moves>> = {
  routed: { ...ends, open: "opened", end: "ended" },
  opened: { ...ends, prompt: "prompted", end: "ended" },
  prompted: { ...ends, end: "ended" },
  ended: { ...ends, check: "checked" },
  checked: ends,
  settled: {},
  lost: {},
};

/** The state after the signal, or undefined where it must not happen. */
export function nextAttemptState(
  state: AttemptState,
  signal: AttemptSignal,
): AttemptState | undefined {
  return MOVES[state][signal];
}

export function isAttemptOver(state: AttemptState): boolean {
  return state === "settled" || state === "lost";
}
