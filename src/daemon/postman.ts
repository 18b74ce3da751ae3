/** Brings messages to terminals: enqueues, starts a delivery whenever one can go, tells the waiting. */
import { type Clock, type Instant, timeOf } from "../base/clock.ts";
import { ConductorError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import {
  MESSAGE_LIMIT_BYTES,
  type MessageView,
  type SendRequest,
  sendRequest,
} from "../contract/messages.ts";
import type { Journal } from "../core/journal/index.ts";
import { type MessageStore, pasteText, terminalOfActor } from "../core/messages/index.ts";
import type { Terminal, Terminals } from "../core/terminals/index.ts";
import type { Catalog } from "./catalog.ts";
import { Rounds } from "./rounds.ts";
import { refuseShell, runsText } from "./shells.ts";

export interface PostmanPorts {
  readonly messages: MessageStore;
  readonly journal: Journal;
  readonly terminals: () => Terminals;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ttlMs: number;
  /** When a paused terminal goes on; undefined for all others. */
  readonly pausedUntil: (terminal: Terminal) => Instant | undefined;
  readonly catalog: Pick<Catalog, "running">;
  /** Delivers the terminal's next message, if it can take one now; never throws for a busy agent. */
  readonly deliverNext: (terminal: Terminal) => Promise<"delivered" | "waits" | "nothing">;
}

export interface Postman extends Disposable {
  send(asked: SendRequest, from: string): Promise<MessageView[]>;
  /** Called on every look at a terminal, and after each enqueue. */
  kick(terminal: Terminal): void;
  /** What delivery to this terminal waits for, in words; null when nothing waits. */
  waitsFor(terminal: Terminal): Promise<string | null>;
  /** The message when its turn has ended or it failed, or as it stands after `waitMs`. */
  result(id: string, waitMs: number, signal: AbortSignal): Promise<MessageView>;
}

export function createPostman(ports: PostmanPorts): Postman {
  // Nothing may ever change on the screen again to bring the next try, as when a disk was full for a moment.
  const rounds = new Rounds({
    ...ports,
    what: "delivery",
    advance: async (id) => {
      // Looked up each time: a terminal that was started again is another one under the same id.
      const terminal = ports.terminals().byId(id);
      if (terminal !== undefined) await ports.deliverNext(terminal);
    },
  });
  const kick = (terminal: Terminal): void => rounds.kick(terminal.record.id);
  return {
    kick,
    [Symbol.dispose]: () => rounds[Symbol.dispose](),
    send: (asked, from) => send(ports, { asked, from, kick }),
    waitsFor: async (terminal) => {
      const next = await ports.messages.peekNext(terminal.record.id, ports.clock.now());
      return next === undefined
        ? null
        : `${next.id} ${obstacle(terminal, ports.pausedUntil(terminal), ports.clock.now())}`;
    },
    result: (id, waitMs, signal) => waitForResult(ports, id, { waitMs, signal }),
  };
}

function obstacle(terminal: Terminal, until: Instant | undefined, now: Instant): string {
  const { status, detail, composer } = terminal.status;
  if (until !== undefined) return `waits: limited until ${timeOf(until, now)}`;
  if (status !== "idle")
    return `waits: the agent is ${detail === "" ? status : `${status}(${detail})`}`;
  if (composer === "draft") return "waits: somebody has typed a draft";
  if (composer === "unknown") return "waits: the composer is not seen";
  if (terminal.lastLook?.screen.inMode === true) return "waits: the pane is in copy mode";
  return "is being delivered";
}

async function send(
  ports: PostmanPorts,
  request: {
    readonly asked: SendRequest;
    readonly from: string;
    readonly kick: (terminal: Terminal) => void;
  },
): Promise<MessageView[]> {
  const asked = sendRequest.parse(request.asked);
  assertSendable(asked.body);
  const now = ports.clock.now();
  const sent: MessageView[] = [];
  for (const terminal of receivers(ports, asked, request.from)) {
    const { message } = await ports.messages.enqueue(
      {
        from: request.from,
        to: terminal.record.id,
        body: asked.body,
        mode: asked.mode,
        expiresAt: now + (asked.ttlMs ?? ports.ttlMs),
        dedupeKey: asked.dedupeKey ?? null,
      },
      now,
    );
    sent.push(message);
    request.kick(terminal);
  }
  return sent;
}

/** An agent that says a name means the one of its own session, where there is one. */
export function teammate(terminals: Terminals, name: string, from: string): Terminal | undefined {
  const live = terminals.live();
  const sender = live.find(({ record }) => from === `agent:${record.id}`);
  if (sender === undefined) return undefined;
  const { session } = sender.record;
  return live.find(({ record }) => record.session === session && record.name === name);
}

/** @throws {ConductorError} `usage.invalid`, `message.too_large` */
function assertSendable(body: string): void {
  if (pasteText(body, "").trim() === "") {
    throw new ConductorError("usage.invalid", "nothing is left of the text that can be typed", {
      hint: "control characters are taken out of a message",
    });
  }
  const sizeBytes = Buffer.byteLength(body);
  if (sizeBytes <= MESSAGE_LIMIT_BYTES) return;
  throw new ConductorError("message.too_large", `a message of ${sizeBytes} bytes is too long`, {
    hint: "put it into a file, and tell the agent to read that",
    data: { limitBytes: MESSAGE_LIMIT_BYTES },
  });
}

function receivers(
  ports: PostmanPorts,
  asked: {
    to?: string | undefined;
    all?: boolean | undefined;
    label?: string | undefined;
    session?: string | undefined;
  },
  from: string,
): Terminal[] {
  const terminals = ports.terminals();
  const isAgent = terminalOfActor(from) !== undefined;
  if (asked.to !== undefined) {
    const found = teammate(terminals, asked.to, from) ?? terminals.find(asked.to);
    if (isAgent) refuseShell(ports.catalog, found.record.provider);
    return [found];
  }
  if (asked.all !== true && asked.label === undefined) {
    throw new ConductorError("usage.invalid", "a message needs a receiver", {
      hint: "name a terminal, or say --all or --label",
    });
  }
  const { label, session } = asked;
  const found = terminals
    .live()
    .filter(({ record }) => label === undefined || record.labels.includes(label))
    .filter(({ record }) => session === undefined || record.session === session)
    .filter(({ record }) => from !== `agent:${record.id}`)
    .filter(({ record }) => !isAgent || !runsText(ports.catalog, record.provider));
  if (found.length > 0) return found;
  const labels = [...new Set(terminals.live().flatMap(({ record }) => record.labels))].toSorted();
  throw new ConductorError(
    "not_found",
    `no live terminal ${label === undefined ? "is there" : `is labelled ${label}`}`,
    { hint: labels.length === 0 ? "conductor ls" : `labels in use: ${labels.join(", ")}` },
  );
}

async function waitForResult(
  ports: PostmanPorts,
  id: string,
  bounds: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<MessageView> {
  const first = await ports.messages.get(id);
  if (bounds.waitMs === 0 || isSettled(first)) return first;
  const { promise, resolve } = Promise.withResolvers<MessageView>();
  const check = (): void => {
    ports.messages.get(id).then(
      (message) => {
        if (isSettled(message)) resolve(message);
      },
      () => undefined,
    );
  };
  const unfollow = ports.journal.follow((event) => {
    if (event.type.startsWith("turn.") || event.subject === id) check();
  });
  const stop = (): void => {
    ports.messages.get(id).then(resolve, () => resolve(first));
  };
  const cancel = ports.clock.after(bounds.waitMs, stop);
  bounds.signal.addEventListener("abort", stop, { once: true });
  check();
  try {
    return await promise;
  } finally {
    unfollow();
    cancel();
  }
}

/** Its turn has ended, or it will never have one. */
function isSettled(message: MessageView): boolean {
  if (message.state === "queued" || message.state === "delivering") return false;
  return message.state !== "delivered" || (message.turn !== null && message.turn.endedAt !== null);
}
