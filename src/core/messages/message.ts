import { assertNever } from "../../base/errors.ts";
import type { MessageState } from "../../contract/messages.ts";

/** What can happen to a message; time only comes in as `expire`. */
export type MessageSignal =
  | "claim"
  | "deliver"
  | "requeue"
  | "fail"
  | "cancel"
  | "expire"
  | "abandon";

/**
 * The state after the signal, or undefined where it must not happen.
 * `cancel` of a message that is being delivered holds only before its first byte is typed: the store sees to that.
 */
export function nextMessageState(
  state: MessageState,
  signal: MessageSignal,
): MessageState | undefined {
  switch (state) {
    case "queued":
      return fromQueued[signal];
    case "delivering":
      return fromDelivering[signal];
    case "delivered":
    case "failed":
    case "expired":
    case "cancelled":
      return undefined;
    default:
      return assertNever(state);
  }
}

const fromQueued: Partial<Record<MessageSignal, MessageState>> = {
  claim: "delivering",
  cancel: "cancelled",
  expire: "expired",
  abandon: "failed",
};
const fromDelivering: Partial<Record<MessageSignal, MessageState>> = {
  deliver: "delivered",
  requeue: "queued",
  fail: "failed",
  cancel: "cancelled",
};

/** The terminal that an actor is, if it is an agent. */
export function terminalOfActor(actor: string): string | undefined {
  return actor.startsWith("agent:") ? actor.slice("agent:".length) : undefined;
}

/** What the sender reads when its message came to nothing. */
export function failureNotice(
  message: { readonly id: string; readonly toName: string; readonly body: string },
  state: MessageState,
  reason: string,
): string {
  const start = message.body.replaceAll(/\s+/g, " ").trim().slice(0, 60).toWellFormed();
  return `Your message ${message.id} to ${message.toName} was not delivered (${state}: ${reason}). It began: "${start}"`;
}
