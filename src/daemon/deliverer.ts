/** Gives each terminal to the delivery engine as a `DeliveryTerminal`: its looks, its keys, its provider's rules. */
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { ReceiptKind } from "../contract/messages.ts";
import {
  type DeliveryLook,
  type DeliveryPorts,
  type DeliverySignal,
  type DeliveryTerminal,
  deliverNext,
  type Failpoint,
  isReceiptOf,
  type MessageStore,
  type SubmitRules,
  settleGone,
} from "../core/messages/index.ts";
import {
  type AgentSource,
  type AgentWord,
  isAtDialog,
  type Look,
  type PaneDriver,
  type Terminal,
} from "../core/terminals/index.ts";
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
  /** Its hooks or its transcript are listened to, so that its own word of a prompt is to be expected. */
  readonly speaks: (terminal: Terminal) => boolean;
  /** When a paused terminal goes on; undefined for all others. */
  readonly pausedUntil: (terminal: Terminal) => number | undefined;
}

export interface Deliverer {
  deliverNext(terminal: Terminal): Promise<"delivered" | "waits" | "nothing">;
  /** A look that was taken anyway: a delivery under way reads it. */
  observe(terminal: Terminal, look: Look): void;
  /** The agent's own word: of a prompt, it is the receipt of the delivery whose text that is. */
  hear(terminal: Terminal, word: AgentWord): void;
  /** The terminal has ended, whatever its pane shows: a delivery under way has to know. */
  ended(terminal: Terminal): void;
}

interface Prompt {
  readonly text: string;
  readonly source: AgentSource;
  readonly at: number;
}

/** What is known of each terminal between its deliveries. */
interface Ears {
  readonly watchers: Map<string, Set<(signal: DeliverySignal) => void>>;
  /** The newest last. */
  readonly prompts: Map<string, readonly Prompt[]>;
  /** Its word was waited for and did not come. */
  readonly silent: Set<string>;
}

const PROMPTS_KEPT = 4;

export function createDeliverer(ports: DelivererPorts): Deliverer {
  const ears: Ears = { watchers: new Map(), prompts: new Map(), silent: new Set() };
  const engine: DeliveryPorts = {
    messages: ports.messages,
    clock: ports.clock,
    log: ports.log,
    signal: ports.signal,
    spill: (message) => ports.longTexts.write(message),
    ...(ports.failpoint === undefined ? {} : { failpoint: ports.failpoint }),
  };
  const tell = (terminal: Terminal, look: DeliveryLook): void => {
    for (const listener of ears.watchers.get(terminal.record.id) ?? [])
      listener({ kind: "look", look });
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
      const isHeld = terminal.isLeaving || terminal.isStopping;
      if (isHeld || ports.pausedUntil(terminal) !== undefined) return "waits";
      const began = ports.clock.now();
      const outcome = await deliverNext(engine, adapt(ports, terminal, ears)).catch(stopped);
      // One that told of another text than ours, as of a file in its place, still speaks.
      const hasSpoken = ears.prompts.get(id)?.some(({ at }) => at >= began) === true;
      const isUnsaid = outcome.kind === "delivered" && !isWord(outcome.receipt) && !hasSpoken;
      if (isUnsaid) ears.silent.add(id);
      if (outcome.kind === "delivered" || outcome.kind === "failed") return "delivered";
      return outcome.kind === "empty" ? "nothing" : "waits";
    },
    observe: (terminal, look) => tell(terminal, toDeliveryLook(ports, terminal, look)),
    hear: (terminal, { source, at, event }) => {
      if (event.kind !== "prompt") return;
      const { id } = terminal.record;
      const before = ears.prompts.get(id) ?? [];
      ears.prompts.set(id, [...before, { text: event.text, source, at }].slice(-PROMPTS_KEPT));
      ears.silent.delete(id);
      for (const listener of ears.watchers.get(id) ?? []) listener({ kind: "word" });
    },
    ended: (terminal) => {
      ears.prompts.delete(terminal.record.id);
      ears.silent.delete(terminal.record.id);
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
  { watchers, prompts, silent }: Ears,
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
    speaks: () => ports.speaks(terminal) && !silent.has(id),
    received: (text, since) =>
      prompts.get(id)?.findLast((prompt) => prompt.at >= since && isReceiptOf(prompt.text, text))
        ?.source,
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

function isWord(receipt: ReceiptKind): receipt is AgentSource {
  return receipt === "hook" || receipt === "transcript";
}

function rulesOf(ports: DelivererPorts, terminal: Terminal): SubmitRules {
  const { submit, interrupt } = ports.catalog.running(terminal.record.provider);
  return {
    guard: submit.guard,
    mention: submit.mention,
    keepLineFeeds: submit.keepLineFeeds,
    maxWaitBeforeEnterMs: submit.maxWaitBeforeEnterMs,
    keys: submit.keys.filter(isKey),
    clearDraft: submit.clearDraft.filter(isKey),
    interrupt: interrupt.filter(isKey),
  };
}

function toDeliveryLook(ports: DelivererPorts, terminal: Terminal, look: Look): DeliveryLook {
  const { screen, detection, status } = look;
  const { foreground, submit } = ports.catalog.running(terminal.record.provider);
  const { paneId } = terminal.record;
  const isDeaf = submit.bracketed && paneId !== null && !ports.driver.mayBeBracketed(paneId);
  const isHeld = status.status === "waiting" && !isAtDialog(status);
  return {
    at: screen.takenAt,
    // Its own word may be ahead of its screen: nothing is typed before both say that it is free.
    status: detection.status === "working" || isHeld ? "working" : status.status,
    detail: status.detail,
    composer: isDeaf ? "unknown" : status.composer,
    composerText: detection.composerText,
    inMode: screen.inMode,
    dialog: detection.dialog !== undefined,
    foregroundIsAgent: foreground.includes("*") || foreground.includes(screen.command),
    screenText: screen.text,
  };
}
