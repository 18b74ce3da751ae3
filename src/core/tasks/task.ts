/** The life of one task. Pure: one union, one transition. */
import type { TaskState } from "../../contract/tasks.ts";

export type TaskSignal =
  /** The last of its dependencies is settled. */
  | "unblock"
  /** It depends on something that is not settled. */
  | "block"
  | "claim"
  | "start"
  /** Back into the queue: an attempt failed, its lease ran out, or it was given back. */
  | "requeue"
  /** It needs a person, and nobody holds it meanwhile. */
  | "wait"
  | "resume"
  | "complete"
  /** For good. */
  | "fail"
  /** Its attempts are used up. */
  | "bury"
  | "cancel"
  /** Somebody wants another try of what is over. */
  | "retry";

type Moves = Partial<Record<TaskSignal, TaskState>>;

const ends: Moves = {
  requeue: "queued",
  complete: "done",
  fail: "failed",
  bury: "dead",
  cancel: "cancelled",
};
const held: Moves = { ...ends, wait: "waiting" };
const over: Moves = { retry: "queued", block: "blocked" };
const MOVES: Readonly<Record<TaskState, Moves>> = {
  blocked: { unblock: "queued", fail: "failed", cancel: "cancelled" },
  queued: { claim: "claimed", block: "blocked", cancel: "cancelled" },
  claimed: { ...held, start: "running" },
  running: held,
  waiting: { ...ends, resume: "queued" },
  done: {},
  failed: over,
  cancelled: over,
  dead: over,
};

/** The state after the signal, or undefined where it must not happen. */
export function nextTaskState(state: TaskState, signal: TaskSignal): TaskState | undefined {
  return MOVES[state][signal];
}

export function isOver(state: TaskState): boolean {
  return ["done", "failed", "cancelled", "dead"].includes(state);
}

export function isHeld(state: TaskState): boolean {
  return state === "claimed" || state === "running";
}
