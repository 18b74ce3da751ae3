export type { DeliveryOutcome, DeliveryPorts } from "./deliver.ts";
export { deliverNext, settleGone } from "./deliver.ts";
export type { DeliveryLook, ScreenMark } from "./evidence.ts";
export { blockedBy } from "./evidence.ts";
export { FAILPOINTS, type Failpoint } from "./failpoints.ts";
export {
  failureNotice,
  type MessageSignal,
  nextMessageState,
  settledStates,
  terminalOfActor,
} from "./message.ts";
export type { Claim, MessageFilter, MessageStore, NewMessage } from "./store.ts";
export type { DeliverySignal, DeliveryTerminal, SubmitRules } from "./terminal.ts";
