export { admitTask, boundSize, contentHash } from "./admit.ts";
export { afterFailure, type Failure } from "./failure.ts";
export { lane, laneText, rankOf, suits } from "./lane.ts";
export { locksConflict, normalGlob, type PlacedLock } from "./locks.ts";
export type {
  Claimer,
  ClaimFilter,
  GroupCounts,
  Lease,
  TaskFilter,
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
