/** The life of one handoff. Pure: one union, one transition. */
import type { HandoffState } from "../../contract/handoffs.ts";

export type HandoffSignal =
  /** It is decided who does it. */
  | "choose"
  /** The message stands in the worker's inbox. */
  | "submit"
  /** The worker's turn is under way. */
  | "run"
  /** The worker waits for an answer. */
  | "ask"
  | "finish"
  | "fail"
  | "cancel"
  | "expire";

export type SettlingSignal = Extract<HandoffSignal, "finish" | "fail" | "cancel" | "expire">;
export type MovingSignal = Exclude<HandoffSignal, SettlingSignal>;

type Moves = Partial<Record<HandoffSignal, HandoffState>>;

const ends: Moves = {
  finish: "done",
  fail: "failed",
  cancel: "cancelled",
  expire: "timed-out",
};
const MOVES: Readonly<Record<HandoffState, Moves>> = {
  requested: { ...ends, choose: "starting" },
  starting: { ...ends, submit: "submitted" },
  submitted: { ...ends, run: "running", ask: "question" },
  running: { ...ends, ask: "question" },
  question: { ...ends, submit: "submitted", run: "running", ask: "question" },
  done: {},
  failed: {},
  cancelled: {},
  "timed-out": {},
};

/** The state after the signal, or undefined where it must not happen. */
export function nextHandoffState(
  state: HandoffState,
  signal: HandoffSignal,
): HandoffState | undefined {
  return MOVES[state][signal];
}

export function isSettled({ state }: { readonly state: HandoffState }): boolean {
  return Object.keys(MOVES[state]).length === 0;
}
