import type { Clock } from "../../base/clock.ts";
import { ConductorError, describeError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { CommandBudget, Lane } from "./budget.ts";
import type { Channel } from "./channel.ts";
import { type Command, listPanesOf, subscribe } from "./commands.ts";
import { Connection, type ConnectionEnd, lost } from "./connection.ts";
import { type Fate, fateOf, type SessionState } from "./endings.ts";
import { FactsWatch } from "./facts-watch.ts";
import type { Notification } from "./notifications.ts";
import { MAX_COMMAND_BYTES } from "./quote.ts";

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2000;
const ATTACH_MS = 5000;
const COMMAND_MS = 10_000;

export interface LinkPorts {
  readonly open: (sessionId: string) => Channel;
  readonly sessionState: (sessionId: string) => Promise<SessionState>;
  /** False for a tmux that a subscription can crash. */
  readonly canSubscribe: boolean;
  readonly budget: CommandBudget;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a link tells its owner; `up` after every connect: all that was known may be stale. */
export interface LinkEvents {
  readonly up: () => void;
  readonly notification: (notification: Notification) => void;
  readonly over: (fate: Exclude<Fate, "reconnect">) => void;
}

/** The control connection of one session, made again whenever it breaks while the session lives. */
export class SessionLink {
  readonly sessionId: string;
  readonly #ports: LinkPorts;
  readonly #events: LinkEvents;
  readonly #lane: Lane;
  readonly #stopped = new AbortController();
  readonly #unsettled = new Set<() => void>();
  readonly #firstUp = Promise.withResolvers<void>();
  #connection: Connection | undefined;
  #life: Promise<void> = Promise.resolve();

  constructor(sessionId: string, ports: LinkPorts, events: LinkEvents) {
    this.sessionId = sessionId;
    this.#ports = ports;
    this.#events = events;
    this.#lane = ports.budget.addLane();
    this.#firstUp.promise.catch(() => undefined);
  }

  /** Connects and stays connected; resolves when the first connection is up. */
  start(): Promise<void> {
    this.#life = this.#live();
    return this.#firstUp.promise;
  }

  /**
   * Runs the commands as one line and returns a reply for each. While the link is down they wait.
   * @throws {ConductorError} `timeout`, `tmux.lost` (with `sent`), or tmux's refusal
   */
  run(commands: readonly Command[], timeoutMs = COMMAND_MS): Promise<readonly Uint8Array[]> {
    const sizeBytes = commands.reduce((sum, command) => sum + command.text.length + 3, 0);
    if (sizeBytes > MAX_COMMAND_BYTES) {
      const message = `a command line of ${sizeBytes} bytes is over ${MAX_COMMAND_BYTES}`;
      return Promise.reject(new ConductorError("usage.invalid", message));
    }
    if (this.#stopped.signal.aborted) return Promise.reject(lost(false));
    return this.#queue(commands, timeoutMs);
  }

  /** Drops the connection and makes a new one. */
  distrust(reason: string): void {
    this.#ports.log.warn({ session: this.sessionId, reason }, "the tmux connection is dropped");
    this.#connection?.distrust(reason);
  }

  async close(signal: AbortSignal): Promise<void> {
    this.#stop();
    await this.#connection?.close(signal);
    await this.#life;
  }

  #queue(commands: readonly Command[], timeoutMs: number): Promise<readonly Uint8Array[]> {
    const { budget, clock } = this.#ports;
    const { promise, resolve, reject } = Promise.withResolvers<readonly Uint8Array[]>();
    let isSent = false;
    const ticket = {
      slots: commands.length,
      start: (): void => {
        isSent = true;
        const replies = this.#connection?.send(commands) ?? Promise.reject(lost(false));
        replies.then(resolve, reject).finally(() => budget.release(commands.length));
      },
    };
    const giveUp = (error: ConductorError): void => {
      const at = this.#lane.waiting.indexOf(ticket);
      if (at >= 0) this.#lane.waiting.splice(at, 1);
      reject(error);
    };
    const stop = (): void => {
      if (!isSent) giveUp(lost(false));
    };
    this.#unsettled.add(stop);
    const cancel = clock.after(timeoutMs, () => {
      const message = `tmux did not answer within ${timeoutMs} ms`;
      giveUp(new ConductorError("timeout", message, { data: { sent: isSent } }));
      // Replies are told apart by their order only, so one that is late spoils all that follow.
      if (isSent) this.distrust(message);
    });
    budget.request(this.#lane, ticket);
    return promise.finally(() => {
      cancel();
      this.#unsettled.delete(stop);
    });
  }

  async #live(): Promise<void> {
    let delayMs = FIRST_RETRY_MS;
    while (!this.#stopped.signal.aborted) {
      const end = await this.#connectOnce(() => {
        delayMs = FIRST_RETRY_MS;
      });
      if (this.#stopped.signal.aborted) break;
      const fate = fateOf(end, await this.#ports.sessionState(this.sessionId));
      if (this.#stopped.signal.aborted) break;
      if (fate !== "reconnect") {
        this.#stop();
        return this.#events.over(fate);
      }
      this.#ports.log.warn({ session: this.sessionId, ...end, delayMs }, "reconnecting to tmux");
      await this.#pause(delayMs);
      delayMs = Math.min(delayMs * 2, LAST_RETRY_MS);
    }
  }

  async #connectOnce(isUp: () => void): Promise<ConnectionEnd> {
    const channel = this.#ports.open(this.sessionId);
    const connection = new Connection(channel, (notification) =>
      this.#events.notification(notification),
    );
    this.#connection = connection;
    const cancel = this.#ports.clock.after(ATTACH_MS, () => connection.distrust("no greeting"));
    let watch: FactsWatch | undefined;
    try {
      await connection.attached;
      const { canSubscribe } = this.#ports;
      await connection.send([canSubscribe ? subscribe() : listPanesOf(this.sessionId)]);
      if (!canSubscribe) watch = this.#watchFacts();
      cancel();
      isUp();
      this.#ports.budget.setOpen(this.#lane, true);
      this.#firstUp.resolve();
      this.#events.up();
    } catch (error) {
      connection.distrust(describeError(error));
    }
    const end = await connection.ended;
    watch?.[Symbol.dispose]();
    cancel();
    this.#ports.budget.setOpen(this.#lane, false);
    return end;
  }

  #watchFacts(): FactsWatch {
    return new FactsWatch({
      clock: this.#ports.clock,
      list: async () => {
        const [reply] = await this.run([listPanesOf(this.sessionId)]);
        return Buffer.from(reply ?? []).toString("utf8");
      },
      tell: (paneId, value) =>
        this.#events.notification({ kind: "subscription", name: "facts", paneId, value }),
    });
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#ports.clock.after(delayMs, resolve);
      const stop = (): void => {
        cancel();
        resolve();
      };
      this.#stopped.signal.addEventListener("abort", stop, { once: true });
    });
  }

  #stop(): void {
    this.#stopped.abort();
    for (const stop of this.#unsettled) stop();
    this.#firstUp.reject(lost(false));
    this.#ports.budget.removeLane(this.#lane);
  }
}
