import { open } from "node:fs/promises";
import Sqlite from "better-sqlite3";
import type { ChainLink } from "../../contract/audit.ts";
import { AUDITED, type AuditJournal } from "../../core/audit/index.ts";
import type { StoredLink } from "../../core/journal/index.ts";
import type { ConductorDatabase } from "./database.ts";
import { storeFailure } from "./failures.ts";
import { columns, type EventRow, eventOf, journalStart, storedLink } from "./journal-store.ts";

export function createAuditJournal(db: ConductorDatabase): AuditJournal {
  const types = AUDITED.map((entity) => `type GLOB '${entity}.*'`).join(" OR ");
  return {
    head: () =>
      db.get<ChainLink>("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1") ??
      journalStart(db),
    start: () => journalStart(db),
    hashAt: (seq) => db.get<{ hash: string }>("SELECT hash FROM events WHERE seq = ?", seq)?.hash,
    audited: (after, to, limit) =>
      db
        .all<EventRow>(
          `SELECT ${columns} FROM events
            WHERE seq > ? AND seq <= ? AND (${types}) ORDER BY seq LIMIT ?`,
          after,
          to,
          limit,
        )
        .map((row) => ({ event: eventOf(row), link: row.hash })),
    settle: () => syncFile(`${db.file}-wal`),
  };
}

/**
 * What an agent was merely seen to do is committed without waiting for the disk; this waits, on no thread of ours.
 * SQLite holds no lock on its log that closing a file could lose.
 */
async function syncFile(file: string): Promise<void> {
  const log = await open(file, "r+").catch((error: unknown) => {
    // All of it is in the database itself, which then was synced.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (log === undefined) return;
  try {
    await log.datasync();
  } finally {
    await log.close();
  }
}

/** A journal as it is at one moment, read by another process than the daemon. */
export interface JournalSnapshot extends Disposable {
  readonly start: ChainLink;
  rows(): Iterable<StoredLink>;
  /** The ids of all terminals of that name or id, ended ones too. */
  terminalsCalled(name: string): readonly string[];
}

/** @throws {ConductorError} `store.broken`, `store.locked` */
export function snapshotJournal(file: string): JournalSnapshot {
  try {
    const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
    db.exec("BEGIN");
    const start = db
      .prepare<[], ChainLink>("SELECT seq, hash FROM journal_checkpoint ORDER BY seq DESC LIMIT 1")
      .get() ?? { seq: 0, hash: "" };
    const rows = db.prepare<[number], EventRow>(
      `SELECT ${columns} FROM events WHERE seq > ? ORDER BY seq`,
    );
    const called = db.prepare<[string, string], { id: string }>(
      "SELECT id FROM terminals WHERE name = ? OR id = ?",
    );
    return {
      start,
      rows: () => stored(rows.iterate(start.seq), file),
      terminalsCalled: (name) => called.all(name, name).map(({ id }) => id),
      [Symbol.dispose]: () => db.close(),
    };
  } catch (error) {
    throw storeFailure(error, file);
  }
}

function* stored(rows: Iterable<EventRow>, file: string): Generator<StoredLink> {
  try {
    for (const row of rows) yield storedLink(row);
  } catch (error) {
    throw storeFailure(error, file);
  }
}
