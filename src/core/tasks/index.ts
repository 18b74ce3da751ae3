export { admitTask, boundSize, contentHash } from "./admit.ts";
export { isAttemptOver, nextAttemptState } from "./attempt.ts";
export { ATTEMPT_FAILPOINTS, type AttemptFailpoint } from "./attempt-failpoints.ts";
export { endOfTurn, failureOf } from "./attempt-failure.ts";
export type { AttemptMove, AttemptStore, Collected, NewAttempt } from "./attempt-store.ts";
export type { AutoStore } from "./auto-store.ts";
export {
  type AttemptOutcome,
  type AttemptStep,
  failedEnd,
  nextAttemptStep,
} from "./execute.ts";
export { afterFailure, type Failure } from "./failure.ts";
export { addCounts, readJunit, type TestCounts } from "./junit.ts";
export { laneText, rankOf, readLane, suits } from "./lane.ts";
export { locksConflict, normalGlob, type PlacedLock } from "./locks.ts";
export type {
  Claimer,
  ClaimFilter,
  GroupCounts,
  Lease,
  TaskFilter,
  TaskOutcome,
  TaskRecord,
  TaskStore,
} from "./store.ts";
export { isHeld, isOver, nextTaskState, type TaskSignal } from "./task.ts";
export {
  judgeSigns,
  letters,
  nextPulse,
  type Progress,
  type Pulse,
  type Signs,
} from "./watch.ts";
export { promptOf } from "./words.ts";
