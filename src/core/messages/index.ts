export type { MessageSignal } from "./message.ts";
export { failureNotice, nextMessageState, settledStates, terminalOfActor } from "./message.ts";
export type { Claim, MessageFilter, MessageStore, NewMessage } from "./store.ts";
