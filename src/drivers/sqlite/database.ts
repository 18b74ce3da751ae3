import type Sqlite from "better-sqlite3";
import type { Clock } from "../../base/clock.ts";
import { newId } from "../../base/ids.ts";
import type { Logger } from "../../base/log.ts";
import type { JournalEvent, NewEvent } from "../../contract/events.ts";
import { chainHash } from "../../core/journal/index.ts";
import { storeFailure } from "./failures.ts";

type Value = string | number | null;
export type Append = (event: NewEvent) => void;
type Listener = (event: JournalEvent) => void;

/**
 * The one connection. All writing goes through `write`: an IMMEDIATE transaction whose events are chained,
 * stored with it, and told to listeners after the commit, in order.
 */
export class ConductorDatabase {
  readonly #db: Sqlite.Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners = new Set<Listener>();
  readonly #untold: JournalEvent[] = [];
  #telling = false;

  constructor(db: Sqlite.Database, ports: { clock: Clock; log: Logger }) {
    this.#db = db;
    this.#clock = ports.clock;
    this.#log = ports.log;
  }

  get file(): string {
    return this.#db.name;
  }

  /** `Row` is the statement's own select list; the tables are STRICT, so their types hold. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.#mapped(() => this.#db.prepare<Value[], Row>(sql).get(...values));
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#mapped(() => this.#db.prepare<Value[], Row>(sql).all(...values));
  }

  /** Runs one statement inside `write` and returns how many rows it changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#db.prepare<Value[]>(sql).run(...values).changes;
  }

  write<T>(work: (append: Append) => T): T {
    const events: JournalEvent[] = [];
    const append: Append = (event) => void events.push(this.#store(event));
    const result = this.#mapped(() => this.#db.transaction(() => work(append)).immediate());
    this.#untold.push(...events);
    this.#tell();
    return result;
  }

  follow(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
    if (!this.#db.open) return;
    this.#mapped(() => this.#db.pragma("optimize"));
    this.#db.close();
  }

  #store(event: NewEvent): JournalEvent {
    const time = this.#clock.now();
    const last = this.get<{ seq: number; hash: string }>(
      "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1",
    );
    const previous = last ?? this.#pruned();
    const stored = { ...event, seq: previous.seq + 1, id: newId("e", time), time };
    const hash = chainHash(previous.hash, stored);
    this.run(
      "INSERT INTO events (seq, id, time, type, subject, actor, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      stored.seq,
      stored.id,
      time,
      event.type,
      event.subject,
      event.actor,
      JSON.stringify(event.data),
      hash,
    );
    return stored;
  }

  /** Where the chain goes on after everything was pruned. */
  #pruned(): { seq: number; hash: string } {
    const sql = "SELECT seq, hash FROM journal_checkpoint ORDER BY seq DESC LIMIT 1";
    return this.get<{ seq: number; hash: string }>(sql) ?? { seq: 0, hash: "" };
  }

  // A listener may write in turn: its events wait until all have heard of the ones before.
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let event = this.#untold.shift(); event !== undefined; event = this.#untold.shift()) {
        for (const listener of this.#listeners) this.#tellOne(listener, event);
      }
    } finally {
      this.#telling = false;
    }
  }

  #tellOne(listener: Listener, event: JournalEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#log.error({ err: error, seq: event.seq, type: event.type }, "a listener failed");
    }
  }

  #mapped<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeFailure(error, this.#db.name);
    }
  }
}
