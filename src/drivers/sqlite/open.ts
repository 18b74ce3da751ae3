import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { type Clock, systemClock } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import { type Logger, silentLog } from "../../base/log.ts";
import { ConductorDatabase, type StoreFailpoint } from "./database.ts";
import { storeFailure } from "./failures.ts";
import { migrate } from "./migrate.ts";

export interface OpenOptions {
  readonly clock?: Clock;
  readonly log?: Logger;
  /** How long a write waits for another program, and all else with it; the default is 1 s. */
  readonly busyTimeoutMs?: number;
  /** Where backoffs get their chance from. */
  readonly random?: () => number;
  /** For tests that kill the process. */
  readonly failpoint?: (name: StoreFailpoint) => void;
  /** For tests of migrations. */
  readonly migrations?: string;
}

/** While nothing is served yet, one can wait longer. */
const OPEN_TIMEOUT_MS = 5_000;
const BUSY_TIMEOUT_MS = 1_000;

/**
 * Opens or makes the database: file 0600 in a directory 0700, newest schema.
 * @throws {ConductorError} `store.broken`, `store.locked`, `store.full`, `daemon.version`
 */
export function openDatabase(file: string, options: OpenOptions = {}): ConductorDatabase {
  const log = options.log ?? silentLog;
  makePrivate(file);
  let db: Sqlite.Database | undefined;
  try {
    db = new Sqlite(file, { timeout: OPEN_TIMEOUT_MS });
    configure(db);
    const copy = migrate(db, options.migrations);
    if (copy !== undefined) log.info({ file, copy }, "the database was copied and migrated");
    db.pragma(`busy_timeout = ${options.busyTimeoutMs ?? BUSY_TIMEOUT_MS}`);
    const { clock = systemClock, failpoint } = options;
    return new ConductorDatabase(db, { clock, log, failpoint });
  } catch (error) {
    db?.close();
    throw storeFailure(error, file);
  }
}

function makePrivate(file: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives its -wal and -shm files the mode of the database itself.
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
  } catch (error) {
    throw new ConductorError("store.broken", `${file} cannot be written`, {
      cause: error,
      hint: "check the directory's owner and mode, or set CONDUCTOR_HOME to another directory",
    });
  }
}

/** 16 MB of log at most, and as much to read again after a crash. */
const CHECKPOINT_PAGES = 4_000;

function configure(db: Sqlite.Database): void {
  // A network file system has no shared memory for the write-ahead log and answers with another mode.
  if (db.pragma("journal_mode = WAL", { simple: true }) !== "wal") throw noWal(db.name);
  db.pragma("synchronous = FULL");
  // Taking the log into the file waits for the disk twice: rarely, in a daemon that has no time to wait.
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma("foreign_keys = ON");
  db.pragma("temp_store = MEMORY");
}

function noWal(file: string): ConductorError {
  return new ConductorError("store.broken", `${file} is on a file system without shared memory`, {
    hint: "set CONDUCTOR_HOME to a directory on a local disk",
  });
}
