/** Stops a working agent for a message that cannot wait. */
import type { Clock } from "../../base/clock.ts";
import { type DeliveryLook, obstacle } from "./evidence.ts";
import type { Failpoint } from "./failpoints.ts";
import type { DeliveryTerminal } from "./terminal.ts";
import type { Watch } from "./watch.ts";

/** How long an agent may take to come back to its composer. */
const INTERRUPT_MS = 10_000;

interface InterruptPorts {
  readonly clock: Clock;
  readonly watch: Watch;
  readonly failpoint?: ((name: Failpoint) => void) | undefined;
}

/** A dialog is a person's to answer, and a draft is theirs to send. */
export function canInterrupt(look: DeliveryLook): boolean {
  return obstacle(look) === undefined && look.status === "working" && look.composer !== "draft";
}

/** Resolves with the look to go on from: the one it got, or one after the agent has stopped. */
export async function interruptFor(
  terminal: DeliveryTerminal,
  look: DeliveryLook,
  ports: InterruptPorts,
): Promise<DeliveryLook> {
  if (!canInterrupt(look)) return look;
  terminal.markInterrupted();
  const began = ports.clock.now();
  ports.failpoint?.("interrupt.before-keys");
  await terminal.keys(terminal.rules.interrupt);
  ports.failpoint?.("interrupt.after-keys");
  const after = await ports.watch.until(began, (now) => {
    const over = ports.clock.now() - began >= INTERRUPT_MS;
    return over || obstacle(now) !== undefined || now.status === "idle" ? now : undefined;
  });
  const putBack = after.status === "idle" && after.composer === "draft";
  if (!putBack || look.composer !== "empty" || terminal.rules.clearDraft.length === 0) {
    return after;
  }
  return clearDraft(terminal, ports);
}

/**
 * Some CLIs put the interrupted prompt back into the composer, where the message would be merged with it.
 * The composer was seen empty before, so that what stands there now is no person's draft.
 */
async function clearDraft(
  terminal: DeliveryTerminal,
  ports: InterruptPorts,
): Promise<DeliveryLook> {
  const began = ports.clock.now();
  await terminal.keys(terminal.rules.clearDraft);
  return ports.watch.until(began, (now) => {
    const over = ports.clock.now() - began >= INTERRUPT_MS;
    return over || obstacle(now) !== undefined || now.composer === "empty" ? now : undefined;
  });
}
