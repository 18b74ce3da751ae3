/**
 * MCP over stdin and stdout for CLIs whose client cannot speak HTTP: every line goes to the daemon's `/mcp`,
 * every answer comes back as a line. A call outlives a restart of the daemon: it is sent again with its key.
 */
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { ConductorError } from "../../base/errors.ts";
import { type McpDoor, post } from "./exchange.ts";
import { failureOf, type Incoming, isAnswerTo, readIncoming, unreadable } from "./message.ts";

export interface BridgeOptions {
  readonly door: McpDoor;
  readonly input: NodeJS.ReadableStream;
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
  /** Brings a daemon back that is away; may fail. */
  readonly start: () => Promise<unknown>;
  /** How long a call waits for a daemon that is away. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 120_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export async function runBridge(options: BridgeOptions): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, options.signal]);
  const bridge = new Bridge({ ...options, signal });
  const lines = createInterface({ input: options.input, crlfDelay: Infinity, terminal: false });
  const stop = (): void => lines.close();
  signal.addEventListener("abort", stop, { once: true });
  for await (const line of lines) if (line.trim() !== "") bridge.take(line);
  // Nobody reads any more.
  over.abort();
}

class Bridge {
  readonly #options: BridgeOptions;
  readonly #running = new Map<string, AbortController>();
  #session: string | undefined;
  /** What was said before `initialize` is answered stands behind it. */
  #line: Promise<void> = Promise.resolve();

  constructor(options: BridgeOptions) {
    this.#options = options;
  }

  take(line: string): void {
    let incoming: Incoming;
    try {
      incoming = readIncoming(line, randomUUID);
    } catch {
      this.#options.write(unreadable());
      return;
    }
    if (incoming.cancels !== undefined) this.#running.get(incoming.cancels)?.abort();
    const before = this.#line;
    const done = before.then(() => this.#forward(incoming));
    if (this.#session === undefined) this.#line = done;
  }

  async #forward({ body, id }: Incoming): Promise<void> {
    const own = new AbortController();
    if (id !== undefined) this.#running.set(id, own);
    const signal = AbortSignal.any([own.signal, this.#options.signal]);
    try {
      await this.#persist({ body, id, signal });
    } catch (error) {
      if (!signal.aborted && id !== undefined) this.#options.write(failureOf(id, error));
    } finally {
      if (id !== undefined && this.#running.get(id) === own) this.#running.delete(id);
    }
  }

  /** Until it is answered: a daemon that went away in the middle is asked again. */
  async #persist(asked: Asked): Promise<void> {
    const { start, patienceMs = PATIENCE_MS } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    let awaySince: number | undefined;
    while (!asked.signal.aborted) {
      try {
        if (await this.#once(asked)) return;
        awaySince = undefined;
      } catch (error) {
        const isAway = error instanceof ConductorError && error.code === "daemon.unreachable";
        if (!isAway || asked.signal.aborted) throw error;
        awaySince ??= Date.now();
        if (Date.now() - awaySince > patienceMs) throw error;
        await start().catch(() => undefined);
      }
      await sleep(pauseMs, undefined, { signal: asked.signal });
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** True once it is answered, or wants no answer. */
  async #once({ body, id, signal }: Asked): Promise<boolean> {
    let isAnswered = id === undefined;
    for await (const reply of post(this.#options.door, { body, session: this.#session, signal })) {
      if (reply.kind === "session") this.#session = reply.id;
      else {
        this.#options.write(reply.text);
        if (id !== undefined && isAnswerTo(reply.text, id)) isAnswered = true;
      }
    }
    return isAnswered;
  }
}

interface Asked {
  readonly body: string;
  readonly id: string | undefined;
  readonly signal: AbortSignal;
}
