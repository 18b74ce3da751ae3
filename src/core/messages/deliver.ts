/**
 * The delivery of one terminal's messages: look, claim, mark, look again, paste, see it, Enter, receipt, settle.
 * The row says how far it got before every step that cannot be taken back, so that a daemon that starts
 * after a crash can tell a text that was never typed from one that may have been.
 */
import type { Clock } from "../../base/clock.ts";
import { assertNever, ConductorError, describeError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { Logger } from "../../base/log.ts";
import type { MessageView, ReceiptKind } from "../../contract/messages.ts";
import type { Turn } from "../../contract/terminals.ts";
import {
  afterCrash,
  afterEnter,
  afterPaste,
  blockedBy,
  type DeliveryLook,
  markOf,
  type Step,
} from "./evidence.ts";
import type { Failpoint } from "./failpoints.ts";
import { canInterrupt, interruptFor } from "./interrupt.ts";
import { isTooLongToPaste, pasteText, readFileText } from "./paste.ts";
import type { Claim, MessageStore } from "./store.ts";
import type { DeliveryTerminal } from "./terminal.ts";
import { Watch } from "./watch.ts";

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

export const LEASE_MS = 15 * 60_000;
/** After so many tries that provably never arrived, the message fails. */
const MAX_ATTEMPTS = 3;

/** A step that ends the delivery, one way or the other. */
type Settled = Exclude<Step, { kind: "wait" } | { kind: "enter" }>;

interface Typed {
  readonly claim: Claim;
  readonly text: string;
  readonly before: DeliveryLook;
}

/**
 * Delivers the terminal's next message, if it can take one now; a delivery that a daemon of before began is
 * brought to its end first. One call at a time per terminal.
 */
export async function deliverNext(
  ports: DeliveryPorts,
  terminal: DeliveryTerminal,
): Promise<DeliveryOutcome> {
  const [unsettled] = await ports.messages.unsettled(terminal.id);
  if (unsettled !== undefined) return recover(ports, terminal, unsettled);
  const next = await ports.messages.peekNext(terminal.id, ports.clock.now());
  if (next === undefined) return { kind: "empty" };
  const known = terminal.last?.();
  const stops = known !== undefined && next.mode === "interrupt" && canInterrupt(known);
  const still = known === undefined || stops ? undefined : blockedBy(known);
  if (still !== undefined) return { kind: "deferred", why: still, message: next };
  const watch = new Watch(terminal, ports);
  try {
    const look = await terminal.look();
    const free =
      next.mode === "interrupt" ? await interruptFor(terminal, look, { ...ports, watch }) : look;
    const why = blockedBy(free);
    if (why !== undefined) return { kind: "deferred", why, message: next };
    return await claimAndType(ports, terminal, free, watch);
  } finally {
    watch.close();
  }
}

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

async function claimAndType(
  ports: DeliveryPorts,
  terminal: DeliveryTerminal,
  free: DeliveryLook,
  watch: Watch,
): Promise<DeliveryOutcome> {
  const { messages, clock } = ports;
  ports.failpoint?.("delivery.before-claim");
  const claim = await messages.claimNext(terminal.id, clock.now(), LEASE_MS);
  if (claim === undefined) return { kind: "empty" };
  ports.failpoint?.("delivery.after-claim");
  const { id } = claim.message;
  const text = await textOf(ports, terminal, claim.message);
  try {
    await messages.markTyping(id, claim.fence, clock.now(), markOf(free, text));
  } catch (error) {
    if (!isLeaseLost(error)) throw error;
    return { kind: "cancelled", messageId: id };
  }
  ports.failpoint?.("delivery.after-typing-mark");
  // Right before typing, since the agent or a person may have moved while that was written.
  const before = await terminal.look();
  const why = blockedBy(before);
  if (why !== undefined) return requeue(ports, claim, why);
  return type(ports, terminal, { claim, text, before }, watch);
}

async function type(
  ports: DeliveryPorts,
  terminal: DeliveryTerminal,
  typed: Typed,
  watch: Watch,
): Promise<DeliveryOutcome> {
  const { clock } = ports;
  const { keepLineFeeds, maxWaitBeforeEnterMs: boundMs } = terminal.rules;
  ports.failpoint?.("delivery.before-paste");
  const from = clock.now();
  try {
    await terminal.paste(typed.text, { keepLineFeeds });
  } catch (error) {
    // Refused by tmux itself: not one byte went in. Any other failure may have come after the bytes.
    if (!isRefused(error)) throw error;
    return neverArrived(ports, typed.claim, describeError(error));
  }
  ports.failpoint?.("delivery.after-paste");
  const step = await watch.until(from, (look) =>
    settled(afterPaste(typed, look, { elapsedMs: clock.now() - from, boundMs })),
  );
  return step.kind === "enter"
    ? pressEnter(ports, terminal, typed, watch)
    : settle(ports, terminal, typed.claim, step, from);
}

async function pressEnter(
  ports: DeliveryPorts,
  terminal: DeliveryTerminal,
  typed: Typed,
  watch: Watch,
): Promise<DeliveryOutcome> {
  const { clock } = ports;
  const began = clock.now();
  for (let enters = 1; ; enters += 1) {
    ports.failpoint?.("delivery.before-enter");
    await terminal.keys(terminal.rules.keys);
    ports.failpoint?.("delivery.after-enter");
    // Looks from before the Enter show the text in the composer, or still an empty one.
    const since = clock.now();
    const count = enters;
    const step = await watch.until(since, (look) => {
      if (watch.receipt !== undefined)
        return { kind: "submitted", receipt: watch.receipt, working: true } as const;
      const time = { sinceEnterMs: clock.now() - since, enters: count };
      return settled(afterEnter(typed, look, time));
    });
    if (step.kind !== "enter") return settle(ports, terminal, typed.claim, step, began);
  }
}

/** Ends what a daemon of before left in `delivering`. */
async function recover(
  ports: DeliveryPorts,
  terminal: DeliveryTerminal,
  claim: Claim,
): Promise<DeliveryOutcome> {
  if (claim.attempt.typedAt === null) {
    return requeue(ports, claim, "the daemon ended before it was typed");
  }
  const { clock } = ports;
  const text = await textOf(ports, terminal, claim.message);
  const watch = new Watch(terminal, ports);
  try {
    const from = clock.now();
    const before = await terminal.look();
    const first = settled(afterCrash({ text, mark: claim.mark }, before, 0));
    const step =
      first ??
      (await watch.until(from, (look) =>
        settled(afterCrash({ text, mark: claim.mark }, look, clock.now() - from)),
      ));
    if (step.kind !== "enter") return await settle(ports, terminal, claim, step, from);
    return await pressEnter(ports, terminal, { claim, text, before: blank(before) }, watch);
  } finally {
    watch.close();
  }
}

/** With our text in the composer already, the screen before it is not known: count from nothing. */
function blank(look: DeliveryLook): DeliveryLook {
  return { ...look, screenText: "" };
}

async function settle(
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
async function neverArrived(
  ports: DeliveryPorts,
  claim: Claim,
  note: string,
): Promise<DeliveryOutcome> {
  const { attempts } = claim.message;
  const before = attempts.filter((attempt) => attempt.note === note).length;
  if (before + 1 < MAX_ATTEMPTS) return requeue(ports, claim, note);
  return fail(ports, claim, `not typed in ${attempts.length} attempts: ${note}`);
}

async function requeue(ports: DeliveryPorts, claim: Claim, note: string): Promise<DeliveryOutcome> {
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

async function textOf(
  ports: DeliveryPorts,
  terminal: DeliveryTerminal,
  message: MessageView,
): Promise<string> {
  if (!isTooLongToPaste(message.body)) return pasteText(message.body, terminal.rules.guard);
  return readFileText(message, await ports.spill(message));
}

function settled(step: Step): Exclude<Step, { kind: "wait" }> | undefined {
  return step.kind === "wait" ? undefined : step;
}

function isRefused(error: unknown): boolean {
  return (
    error instanceof ConductorError &&
    (error.code === "tmux.refused" || error.code === "pane.gone" || error.code === "pane.not_ready")
  );
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof ConductorError && error.code === "state.conflict";
}
