export { admit } from "./admit.ts";
export { HANDOFF_FAILPOINTS, type HandoffFailpoint } from "./failpoints.ts";
export {
  type HandoffSignal,
  isSettled,
  nextHandoffState,
} from "./handoff.ts";
export { type HandoffStep, nextHandoffStep, type WorkerSeen } from "./step.ts";
export type {
  Bounds,
  HandoffEnd,
  HandoffFilter,
  HandoffMove,
  HandoffRecord,
  HandoffStore,
  NewHandoff,
  Worker,
} from "./store.ts";
export { outcomeText, questionText } from "./words.ts";
