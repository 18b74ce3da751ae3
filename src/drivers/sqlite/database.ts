import type Sqlite from "better-sqlite3";
import type { Clock } from "../../base/clock.ts";
import { newId } from "../../base/ids.ts";
import type { Logger } from "../../base/log.ts";
import { PIECE } from "../../base/pieces.ts";
import type { ChainLink } from "../../contract/audit.ts";
import type { JournalEvent, NewEvent } from "../../contract/events.ts";
import { chainHash } from "../../core/journal/index.ts";
import { redactAll } from "../../core/policy/index.ts";
import { storeFailure } from "./failures.ts";

type Value = string | number | null;
export type Append = (event: NewEvent) => void;
type Listener = (event: JournalEvent) => void;

/**
 * `durable` outlives the loss of power. `recorded` outlives the daemon, but may be lost with the machine:
 * for what was seen of agents that would be lost with it.
 */
export type Hold = "durable" | "recorded";

/** Places where a test kills the process; each is passed many times. */
export const STORE_FAILPOINTS = [
  "store.before-statement",
  "store.before-commit",
  "store.after-commit",
] as const;
export type StoreFailpoint = (typeof STORE_FAILPOINTS)[number];

/** A unit of work that waits to share a commit. */
interface Waiting {
  readonly hold: Hold;
  /** Does the work inside the transaction; what it returns tells the caller, once that is committed. */
  readonly run: () => Outcome;
  readonly fail: (error: unknown) => void;
}
interface Outcome {
  readonly settle: () => void;
  readonly events: readonly JournalEvent[];
}

export interface DatabasePorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly failpoint?: ((name: StoreFailpoint) => void) | undefined;
}

/**
 * The one connection. All writing goes through `write` and `writeTogether`: an IMMEDIATE transaction whose
 * events are chained, stored with it, and told to listeners after the commit, in order.
 */
export class ConductorDatabase {
  readonly #db: Sqlite.Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #failpoint: ((name: StoreFailpoint) => void) | undefined;
  readonly #listeners = new Set<Listener>();
  readonly #untold: JournalEvent[] = [];
  readonly #statements = new Map<string, Sqlite.Statement<Value[]>>();
  #waiting: Waiting[] = [];
  /** Whether a commit now waits for the disk; a database is opened so. */
  #isDurable = true;
  /** Made once: making one costs as much as a statement. Inside another it is a savepoint. */
  readonly #transaction: Sqlite.Transaction<(work: () => void) => void>;
  #telling = false;

  constructor(db: Sqlite.Database, ports: DatabasePorts) {
    this.#db = db;
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#failpoint = ports.failpoint;
    this.#transaction = db.transaction((work: () => void) => work());
  }

  get file(): string {
    return this.#db.name;
  }

  /** `Row` is the statement's own select list; the tables are STRICT, so their types hold. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.#mapped(() => this.#prepared<Row>(sql).get(...values));
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#mapped(() => this.#prepared<Row>(sql).all(...values));
  }

  /** Runs one statement inside `write` and returns how many rows it changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#prepared(sql).run(...values).changes;
  }

  write<T>(work: (append: Append) => T): T {
    this.#writeWaiting();
    const { events, append } = this.#appender();
    const result = this.#mapped(() => {
      this.#hold(true);
      return this.#commit(() => work(append));
    });
    this.#untold.push(...events);
    this.#tell();
    return result;
  }

  /**
   * As `write`, in one commit with all that is asked for in the same turn of the event loop; resolves
   * after it. Work that throws is undone alone.
   */
  writeTogether<T>(work: (append: Append) => T, hold: Hold = "durable"): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const run = (): Outcome => {
      const { events, append } = this.#appender();
      const result = work(append);
      return { events, settle: () => resolve(result) };
    };
    this.#waiting.push({ hold, run, fail: reject });
    if (this.#waiting.length === 1) setImmediate(() => this.#writeWaiting());
    return promise;
  }

  follow(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#writeWaiting();
    this.#listeners.clear();
    if (!this.#db.open) return;
    this.#mapped(() => this.#db.pragma("optimize"));
    this.#db.close();
  }

  #writeWaiting(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    let outcomes: readonly Outcome[];
    try {
      const isDurable = waiting.some(({ hold }) => hold === "durable");
      outcomes = this.#mapped(() => {
        this.#hold(isDurable);
        return this.#commit(() => this.#each(waiting));
      });
    } catch (error) {
      for (const { fail } of waiting) fail(error);
      return;
    }
    for (const { events, settle } of outcomes) {
      this.#untold.push(...events);
      settle();
    }
    this.#tell();
  }

  #commit<T>(work: () => T): T {
    let result: readonly [T] | undefined;
    this.#transaction.immediate(() => {
      result = [work()];
      this.#failpoint?.("store.before-commit");
    });
    this.#failpoint?.("store.after-commit");
    if (result === undefined) throw new Error("a transaction committed without its work");
    return result[0];
  }

  /** Each in a savepoint of its own; alone, the transaction is enough. */
  #each(waiting: readonly Waiting[]): Outcome[] {
    const [first, second] = waiting;
    if (first !== undefined && second === undefined) return [first.run()];
    return waiting.flatMap(({ run, fail }) => {
      try {
        const outcomes: Outcome[] = [];
        this.#transaction(() => void outcomes.push(run()));
        return outcomes;
      } catch (error) {
        // Some failures end the whole transaction, and with it the work of all.
        if (!this.#db.inTransaction) throw error;
        fail(error instanceof Error ? storeFailure(error, this.#db.name) : error);
        return [];
      }
    });
  }

  /**
   * In a write-ahead log a later durable commit holds all before it too. Set only where it changes, since
   * setting it costs as much as a small commit.
   */
  #hold(isDurable: boolean): void {
    if (isDurable === this.#isDurable) return;
    this.#db.pragma(`synchronous = ${isDurable ? "FULL" : "NORMAL"}`);
    this.#isDurable = isDurable;
  }

  #prepared<Row>(sql: string): Sqlite.Statement<Value[], Row> {
    this.#failpoint?.("store.before-statement");
    const known = this.#statements.get(sql);
    if (known !== undefined && selects<Row>(known)) return known;
    const statement = this.#db.prepare<Value[], Row>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** For one unit of work: only it writes, so that the end of the chain is read once. */
  #appender(): { readonly events: readonly JournalEvent[]; readonly append: Append } {
    const events: JournalEvent[] = [];
    let last: ChainLink | undefined;
    const append: Append = (event) => {
      const { stored, hash } = this.#store(event, last ?? this.#chainEnd());
      last = { seq: stored.seq, hash };
      events.push(stored);
    };
    return { events, append };
  }

  #store(event: NewEvent, previous: ChainLink): { stored: JournalEvent; hash: string } {
    const time = this.#clock.now();
    const data = withoutSecrets(event.data);
    const stored = { ...event, data, seq: previous.seq + 1, id: newId("e", time), time };
    const hash = chainHash(previous.hash, stored);
    this.run(
      "INSERT INTO events (seq, id, time, type, subject, actor, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      stored.seq,
      stored.id,
      time,
      event.type,
      event.subject,
      event.actor,
      JSON.stringify(data),
      hash,
    );
    return { stored, hash };
  }

  /** After everything was pruned, it goes on from the checkpoint. */
  #chainEnd(): ChainLink {
    const last = "ORDER BY seq DESC LIMIT 1";
    return (
      this.get<ChainLink>(`SELECT seq, hash FROM events ${last}`) ??
      this.get<ChainLink>(`SELECT seq, hash FROM journal_checkpoint ${last}`) ?? {
        seq: 0,
        hash: "",
      }
    );
  }

  // A listener may write in turn: its events wait until all have heard of the ones before.
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    this.#tellPiece();
  }

  /** Of very many events, all else has its turn between two pieces. */
  #tellPiece(): void {
    for (let told = 0; told < PIECE; told += 1) {
      const event = this.#untold.shift();
      if (event === undefined) return void (this.#telling = false);
      for (const listener of this.#listeners) this.#tellOne(listener, event);
    }
    setImmediate(() => this.#tellPiece());
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

/** Before the hash, so that what is chained can be exported as it is. */
function withoutSecrets(data: NewEvent["data"]): NewEvent["data"] {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, redactAll(value)]));
}

/** The rows are what the statement's own text selects, whoever asks. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
function selects<Row>(
  _statement: Sqlite.Statement<Value[]>,
): _statement is Sqlite.Statement<Value[], Row> {
  return true;
}
