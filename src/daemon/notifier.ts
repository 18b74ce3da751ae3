/**
 * Takes from the journal what rules ask for, and tells it. What is to be told is stored together with how far
 * the journal was read, and stays until it was told or given up: a daemon that starts goes on.
 */
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Config } from "../contract/config.ts";
import type { JournalEvent } from "../contract/events.ts";
import type { Journal } from "../core/journal/index.ts";
import {
  type Attempt,
  compileRules,
  type NewNotification,
  type NotificationRecord,
  type NotificationStore,
  type Rules,
  retryAfterMs,
  type Settled,
  textOf,
} from "../core/notify/index.ts";
import type { Tell } from "./notify-targets.ts";
import { Rounds } from "./rounds.ts";

export interface NotifierPorts {
  readonly config: Config["notify"];
  readonly store: NotificationStore;
  readonly journal: Journal;
  readonly tell: Tell;
  /** What a person calls what it is about; undefined where the event says it itself. */
  readonly subjectOf: (event: JournalEvent) => Promise<string | undefined>;
  /** That target is what the event is about, or made it: it would never end. */
  readonly isAbout: (target: string, event: JournalEvent) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
  readonly failpoint?: ((name: string) => void) | undefined;
}

/** Where a test may end the daemon: something is to be told, then it was told, then that is stored. */
export const NOTIFY_FAILPOINTS = ["notify.taken", "notify.told"] as const;

const BATCH = 500;
/** Events that nobody wants are not read again by the next daemon, but for so many. */
const FAR = 2_000;
const AT_ONCE = 50;
/** There is one thing to look at: all that is to be told. */
const ROUND = "all";

export class Notifier implements AsyncDisposable {
  readonly #ports: NotifierPorts;
  readonly #rules: Rules;
  readonly #over = new AbortController();
  #cursor = 0;
  /** The cursor as it is stored. */
  #stored = 0;
  readonly #rounds: Rounds;
  #work: Promise<void> = Promise.resolve();
  #unfollow: (() => void) | undefined;

  /** @throws {ConductorError} `config.invalid` */
  constructor(ports: NotifierPorts) {
    this.#ports = ports;
    this.#rules = compileRules(ports.config.rules);
    const advance = () => {
      this.#work = this.#pass();
      return this.#work;
    };
    this.#rounds = new Rounds({ ...ports, what: "notifier", advance });
  }

  async start(): Promise<void> {
    const { store, journal, config } = this.#ports;
    if (config.rules.length === 0) {
      // Rules that come later are not about what is past by then.
      if ((await store.cursor()) !== undefined) await store.forgetCursor();
    } else {
      const known = await store.cursor();
      this.#cursor = this.#stored = known ?? (await journal.head());
      if (known === undefined) await this.#take([], this.#cursor);
      this.#unfollow = journal.follow((event) => this.#heard(event));
    }
    this.#rounds.kick(ROUND);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unfollow?.();
    this.#rounds[Symbol.dispose]();
    this.#over.abort();
    await Promise.allSettled([this.#work]);
  }

  #heard({ type, seq }: JournalEvent): void {
    const isWanted = this.#rules.mayWant(type);
    // Where all before it was read, it need not be read either.
    if (!isWanted && seq === this.#cursor + 1) this.#cursor = seq;
    if (isWanted || this.#cursor - this.#stored > FAR) this.#rounds.kick(ROUND);
  }

  async #pass(): Promise<void> {
    await this.#collect();
    await this.#tellDue();
    const { store, clock } = this.#ports;
    const next = await store.nextDue();
    if (next !== undefined) this.#rounds.arm(ROUND, next - clock.now());
  }

  async #collect(): Promise<void> {
    if (this.#unfollow === undefined) return;
    for (;;) {
      const events = await this.#ports.journal.after(this.#cursor, BATCH);
      const found = (await Promise.all(events.map((event) => this.#wantedOf(event)))).flat();
      const seq = events.at(-1)?.seq ?? this.#cursor;
      if (found.length > 0 || seq - this.#stored > FAR) await this.#take(found, seq);
      this.#cursor = Math.max(this.#cursor, seq);
      if (events.length < BATCH) return;
    }
  }

  async #take(found: readonly NewNotification[], cursor: number): Promise<void> {
    const { store, config, clock, failpoint } = this.#ports;
    await store.take(found, cursor, { perMinute: config.perMinute, now: clock.now() });
    this.#stored = cursor;
    if (found.length > 0) failpoint?.("notify.taken");
  }

  async #wantedOf(event: JournalEvent): Promise<NewNotification[]> {
    const rules = this.#rules.of(event);
    if (rules.length === 0) return [];
    const text = textOf(event, await this.#ports.subjectOf(event));
    return rules.flatMap(({ name, to }) =>
      to
        .filter((target) => !this.#ports.isAbout(target, event))
        .map((target) => ({ rule: name, target, ...text, event })),
    );
  }

  /** Targets at once, each target's own one after the other. */
  async #tellDue(): Promise<void> {
    const { store, clock } = this.#ports;
    for (;;) {
      const due = await store.due(clock.now(), AT_ONCE);
      if (due.length === 0 || this.#over.signal.aborted) return;
      const byTarget = Map.groupBy(due, ({ target }) => target);
      await Promise.all([...byTarget.values()].map((each) => this.#tellEach(each)));
    }
  }

  async #tellEach(due: readonly NotificationRecord[]): Promise<void> {
    for (const each of due) {
      const attempt = await this.#ports.tell(each.target, each, this.#over.signal);
      // It was cut off by our own end: the next daemon tries it again.
      if (this.#over.signal.aborted && attempt.kind !== "told") return;
      this.#ports.failpoint?.("notify.told");
      await this.#ports.store.settle(
        each.id,
        this.#settled(each, attempt),
        this.#ports.clock.now(),
      );
    }
  }

  #settled({ target, attempts, id }: NotificationRecord, attempt: Attempt): Settled {
    if (attempt.kind === "told") return { state: "sent" };
    const { clock, log, random = Math.random } = this.#ports;
    const { error } = attempt;
    const after =
      attempt.kind === "refused" ? undefined : retryAfterMs(target, attempts + 1, random);
    if (after === undefined) {
      log.warn({ notification: id, target, error }, "a notification was given up");
      return { state: "failed", error };
    }
    const waits = attempt.kind === "failed" ? Math.max(after, attempt.afterMs ?? 0) : after;
    return { state: "queued", error, dueAt: clock.now() + waits };
  }
}
