/** Gives each terminal to the delivery engine as a `DeliveryTerminal`: its looks, its keys, its provider's rules. */
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import {
  type DeliveryLook,
  type DeliveryPorts,
  type DeliverySignal,
  type DeliveryTerminal,
  deliverNext,
  type Failpoint,
  type MessageStore,
  type SubmitRules,
  settleGone,
} from "../core/messages/index.ts";
import type { Look, PaneDriver, Terminal } from "../core/terminals/index.ts";
import type { Catalog } from "./catalog.ts";
import type { LongTexts } from "./long-texts.ts";
import { isKey } from "./terminal-ports.ts";

export interface DelivererPorts {
  readonly driver: PaneDriver;
  readonly catalog: Catalog;
  readonly messages: MessageStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly longTexts: Pick<LongTexts, "write">;
  readonly failpoint: ((name: Failpoint) => void) | undefined;
}

export interface Deliverer {
  deliverNext(terminal: Terminal): Promise<"delivered" | "waits" | "nothing">;
  /** A look that was taken anyway: a delivery under way reads it. */
  observe(terminal: Terminal, look: Look): void;
  /** The terminal has ended, whatever its pane shows: a delivery under way has to know. */
  ended(terminal: Terminal): void;
}

export function createDeliverer(ports: DelivererPorts): Deliverer {
  const watchers = new Map<string, Set<(signal: DeliverySignal) => void>>();
  const engine: DeliveryPorts = {
    messages: ports.messages,
    clock: ports.clock,
    log: ports.log,
    signal: ports.signal,
    spill: (message) => ports.longTexts.write(message),
    ...(ports.failpoint === undefined ? {} : { failpoint: ports.failpoint }),
  };
  const tell = (terminal: Terminal, look: DeliveryLook): void => {
    for (const listener of watchers.get(terminal.record.id) ?? []) listener({ kind: "look", look });
  };
  // What a daemon that stops leaves half done, the next one brings to its end.
  const stopped = (error: unknown): { kind: "stopped" } => {
    if (ports.signal.aborted) return { kind: "stopped" };
    throw error;
  };
  return {
    deliverNext: async (terminal) => {
      const { id } = terminal.record;
      if (!terminal.isLive) {
        const { name, status, reason } = terminal.record;
        const why = `${name} is ${status}${reason === null ? "" : ` (${reason})`}`;
        await settleGone(engine, id, { why, comesBack: terminal.comesBack });
        return "nothing";
      }
      if (terminal.isLeaving) return "waits";
      const outcome = await deliverNext(engine, adapt(ports, terminal, watchers)).catch(stopped);
      if (outcome.kind === "delivered" || outcome.kind === "failed") return "delivered";
      return outcome.kind === "empty" ? "nothing" : "waits";
    },
    observe: (terminal, look) => tell(terminal, toDeliveryLook(ports, terminal, look)),
    ended: (terminal) => {
      const { lastLook: look, status } = terminal;
      if (look === undefined) return;
      const seen = toDeliveryLook(ports, terminal, { ...look, status });
      tell(terminal, { ...seen, at: ports.clock.now() });
    },
  };
}

function adapt(
  ports: DelivererPorts,
  terminal: Terminal,
  watchers: Map<string, Set<(signal: DeliverySignal) => void>>,
): DeliveryTerminal {
  const { id, paneId } = terminal.record;
  const pane = paneId ?? "";
  return {
    id,
    rules: rulesOf(ports, terminal),
    last: () => {
      const look = terminal.lastLook;
      return look && toDeliveryLook(ports, terminal, { ...look, status: terminal.status });
    },
    look: async () => toDeliveryLook(ports, terminal, await terminal.look()),
    watch: (listener) => {
      const all = watchers.get(id) ?? new Set();
      watchers.set(id, all.add(listener));
      return () => void all.delete(listener);
    },
    paste: (text, options) => ports.driver.paste(pane, text, options),
    keys: (keys) => ports.driver.keys(pane, keys),
    turnStarted: (turn) => terminal.turnStarted(turn),
    markInterrupted: () => terminal.markInterrupted(),
  };
}

function rulesOf(ports: DelivererPorts, terminal: Terminal): SubmitRules {
  const { submit, interrupt } = ports.catalog.running(terminal.record.provider);
  return {
    guard: submit.guard,
    keepLineFeeds: submit.keepLineFeeds,
    maxWaitBeforeEnterMs: submit.maxWaitBeforeEnterMs,
    keys: submit.keys.filter(isKey),
    clearDraft: submit.clearDraft.filter(isKey),
    interrupt: interrupt.filter(isKey),
  };
}

function toDeliveryLook(ports: DelivererPorts, terminal: Terminal, look: Look): DeliveryLook {
  const { screen, detection, status } = look;
  const { foreground } = ports.catalog.running(terminal.record.provider);
  return {
    at: screen.takenAt,
    status: status.status,
    detail: status.detail,
    composer: status.composer,
    composerText: detection.composerText,
    inMode: screen.inMode,
    dialog: detection.dialog !== undefined,
    foregroundIsAgent: foreground.includes("*") || foreground.includes(screen.command),
    screenText: screen.text,
  };
}
