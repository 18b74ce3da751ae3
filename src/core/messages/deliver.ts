/**
 * The delivery of one terminal's messages: look, claim, mark, look again, paste, see it, Enter, receipt, settle.
 * The row says how far it got before every step that cannot be taken back, so that a daemon that starts
 * after a crash can tell a text that was never typed from one that may have been.
 */
import { ConductorError, describeError } from "../../base/errors.ts";
import type { MessageView } from "../../contract/messages.ts";
import {
  afterCrash,
  afterEnter,
  afterPaste,
  blockedBy,
  type DeliveryLook,
  markOf,
  type Step,
  WORD_MS,
} from "./evidence.ts";
import { canInterrupt, interruptFor } from "./interrupt.ts";
import { isTooLongToPaste, pasteText, readFileText } from "./paste.ts";
import {
  type DeliveryOutcome,
  type DeliveryPorts,
  isLeaseLost,
  neverArrived,
  requeue,
  type Settled,
  settle,
} from "./settle.ts";
import type { Claim } from "./store.ts";
import type { DeliveryTerminal } from "./terminal.ts";
import { Watch } from "./watch.ts";

const LEASE_MS = 15 * 60_000;
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
    const said = () => received(terminal, typed.text, began);
    const judge = (look: DeliveryLook) => {
      const sinceEnterMs = clock.now() - since;
      const seen = settled(afterEnter(typed, look, { sinceEnterMs, enters: count }));
      const isEarly = terminal.speaks?.() === true && sinceEnterMs < WORD_MS;
      return seen?.kind === "submitted" && isEarly ? undefined : seen;
    };
    const step = await watch.until(since, judge, said);
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
    const typedAt = claim.attempt.typedAt;
    const said = () => received(terminal, text, typedAt);
    const judge = (look: DeliveryLook) =>
      settled(afterCrash({ text, mark: claim.mark }, look, clock.now() - from));
    const first = said() ?? judge(before);
    const step = first ?? (await watch.until(from, judge, said));
    // Not counted as a try: it was the daemon's end, not the agent's doing.
    if (step.kind === "never-arrived") return await requeue(ports, claim, step.note);
    if (step.kind !== "enter") return await settle(ports, terminal, claim, step, from);
    return await pressEnter(ports, terminal, { claim, text, before: blank(before) }, watch);
  } finally {
    watch.close();
  }
}

/** The agent's own word that it took the text. */
function received(terminal: DeliveryTerminal, text: string, since: number): Settled | undefined {
  const receipt = terminal.received?.(text, since);
  return receipt === undefined ? undefined : { kind: "submitted", receipt, working: true };
}

/** With our text in the composer already, the screen before it is not known: count from nothing. */
function blank(look: DeliveryLook): DeliveryLook {
  return { ...look, screenText: "" };
}

async function textOf(
  ports: DeliveryPorts,
  terminal: DeliveryTerminal,
  message: MessageView,
): Promise<string> {
  if (!isTooLongToPaste(message.body)) {
    const { guard, mention } = terminal.rules;
    return pasteText(message.body, guard, mention);
  }
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
