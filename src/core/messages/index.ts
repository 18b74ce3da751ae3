export { deliverNext } from "./deliver.ts";
export type { DeliveryLook } from "./evidence.ts";
export { DELIVERY_FAILPOINTS, type Failpoint, INTERRUPT_FAILPOINTS } from "./failpoints.ts";
export {
  failureNotice,
  type MessageSignal,
  nextMessageState,
  terminalOfActor,
} from "./message.ts";
export { pasteText } from "./paste.ts";
export { isReceiptOf } from "./receipt.ts";
export type { DeliveryOutcome, DeliveryPorts } from "./settle.ts";
export { settleGone } from "./settle.ts";
export type { Claim, MessageFilter, MessageStore, NewMessage } from "./store.ts";
export type { DeliverySignal, DeliveryTerminal, SubmitRules } from "./terminal.ts";
