/** How a delivery ends: settled with its receipt or its reason, or put back where it stood in the queue. */
import type { Clock } from "../../base/clock.ts";
import { assertNever, ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { Logger } from "../../base/log.ts";
import type { MessageView, ReceiptKind } from "../../contract/messages.ts";
import type { Turn } from "../../contract/terminals.ts";
import type { Step } from "./evidence.ts";
import type { Failpoint } from "./failpoints.ts";
import type { Claim, MessageStore } from "./store.ts";
import type { DeliveryTerminal } from "./terminal.ts";

export interface DeliveryPorts {
  readonly messages: MessageStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends all waiting; what was being delivered is left to the next start. */
  readonly signal: AbortSignal;
  /** Writes a text that is too long to paste where the agent can read it; the same message has the same file. */
  readonly spill: (message: MessageView) => Promise<string>;
  readonly failpoint?: (name: Failpoint) => void;
}

export type DeliveryOutcome =
  | { readonly kind: "empty" }
  /** Nothing was typed: the reason in words, as `why` shows it. */
  | { readonly kind: "deferred"; readonly why: string; readonly message: MessageView }
  | { readonly kind: "delivered"; readonly message: MessageView; readonly receipt: ReceiptKind }
  | { readonly kind: "requeued"; readonly messageId: string; readonly note: string }
  | { readonly kind: "failed"; readonly messageId: string; readonly reason: string }
  /** Cancelled between the claim and the first byte. */
  | { readonly kind: "cancelled"; readonly messageId: string };

/** After so many tries that provably never arrived, the message fails. */
const MAX_ATTEMPTS = 3;

/** A step that ends the delivery, one way or the other. */
export type Settled = Exclude<Step, { kind: "wait" } | { kind: "enter" }>;

/**
 * Settles what was meant for a terminal that has ended. What may have been typed is uncertain; the rest fails too,
 * unless the terminal comes back: then it waits on.
 */
export async function settleGone(
  ports: Pick<DeliveryPorts, "messages" | "clock">,
  terminalId: string,
  end: { readonly why: string; readonly comesBack: boolean },
): Promise<void> {
  const { messages, clock } = ports;
  for (const { message, attempt, fence } of await messages.unsettled(terminalId)) {
    if (attempt.typedAt !== null) {
      await messages.fail(message.id, fence, `uncertain: ${end.why}`, clock.now());
    } else await messages.requeue(message.id, fence, end.why, clock.now());
  }
  if (!end.comesBack) await messages.abandon(terminalId, end.why, clock.now());
}

export async function settle(
  ports: DeliveryPorts,
  terminal: DeliveryTerminal,
  claim: Claim,
  step: Settled,
  startedAt: number,
): Promise<DeliveryOutcome> {
  const { messages, clock } = ports;
  const { id } = claim.message;
  ports.failpoint?.("delivery.before-settle");
  switch (step.kind) {
    case "never-arrived":
      return neverArrived(ports, claim, step.note);
    case "uncertain":
      return fail(ports, claim, step.reason);
    case "submitted": {
      const turn: Turn = {
        id: newId("turn", startedAt),
        terminalId: terminal.id,
        messageId: id,
        state: step.working ? "running" : "submitted",
        startedAt,
        endedAt: null,
        result: null,
      };
      const now = clock.now();
      const message = await messages.deliver(id, claim.fence, step.receipt, turn, now);
      ports.failpoint?.("delivery.after-settle");
      terminal.turnStarted(turn);
      return { kind: "delivered", message, receipt: step.receipt };
    }
    default:
      return assertNever(step);
  }
}

/** Back into the queue, unless the same has happened too often. */
export async function neverArrived(
  ports: DeliveryPorts,
  claim: Claim,
  note: string,
): Promise<DeliveryOutcome> {
  const { attempts } = claim.message;
  const before = attempts.filter((attempt) => attempt.note === note).length;
  if (before + 1 < MAX_ATTEMPTS) return requeue(ports, claim, note);
  return fail(ports, claim, `not typed in ${attempts.length} attempts: ${note}`);
}

export async function requeue(
  ports: DeliveryPorts,
  claim: Claim,
  note: string,
): Promise<DeliveryOutcome> {
  const { id } = claim.message;
  try {
    await ports.messages.requeue(id, claim.fence, note, ports.clock.now());
  } catch (error) {
    if (!isLeaseLost(error)) throw error;
    return { kind: "cancelled", messageId: id };
  }
  return { kind: "requeued", messageId: id, note };
}

async function fail(ports: DeliveryPorts, claim: Claim, reason: string): Promise<DeliveryOutcome> {
  const { id } = claim.message;
  await ports.messages.fail(id, claim.fence, reason, ports.clock.now());
  return { kind: "failed", messageId: id, reason };
}

export function isLeaseLost(error: unknown): boolean {
  return error instanceof ConductorError && error.code === "state.conflict";
}
