import { z } from "zod";
import type { Instant } from "../../base/clock.ts";
import type { ChainLink } from "../../contract/audit.ts";
import type { JournalEvent } from "../../contract/events.ts";
import { ChainCheck, type Journal, type StoredLink } from "../../core/journal/index.ts";
import type { ConductorDatabase } from "./database.ts";

export interface EventRow extends Omit<JournalEvent, "data"> {
  readonly data: string;
  readonly hash: string;
}
export const columns = "seq, id, time, type, subject, actor, data, hash";
const dataColumn = z.record(z.string(), z.unknown());

export function createJournal(db: ConductorDatabase): Journal {
  return {
    after: async (seq, limit) => rowsAfter(db, seq, limit).map(eventOf),
    of: async (types) => {
      const sql = `SELECT ${columns} FROM events
                    WHERE type IN (SELECT value FROM json_each(?)) ORDER BY seq`;
      return db.all<EventRow>(sql, JSON.stringify(types)).map(eventOf);
    },
    follow: (listener) => db.follow(listener),
    head: async () => {
      const row = db.get<{ head: number }>(
        `SELECT max(coalesce((SELECT max(seq) FROM events), 0),
                    coalesce((SELECT max(seq) FROM journal_checkpoint), 0)) AS head`,
      );
      return row?.head ?? 0;
    },
    verify: async () => verify(db),
  };
}

/** Removes events older than `before`, but never the newest; the chain then starts at a checkpoint. */
export function pruneJournal(db: ConductorDatabase, before: Instant, now: Instant): number {
  return db.write(() => {
    const last = db.get<{ seq: number; hash: string }>(
      `SELECT seq, hash FROM events
        WHERE seq < (SELECT min(seq) FROM events
                      WHERE time >= ? OR seq = (SELECT max(seq) FROM events))
        ORDER BY seq DESC LIMIT 1`,
      before,
    );
    if (last === undefined) return 0;
    db.run(
      "INSERT INTO journal_checkpoint (seq, hash, pruned_at) VALUES (?, ?, ?)",
      last.seq,
      last.hash,
      now,
    );
    return db.run("DELETE FROM events WHERE seq <= ?", last.seq);
  });
}

function verify(db: ConductorDatabase): { brokenAt: number } | undefined {
  const chain = new ChainCheck(journalStart(db));
  for (;;) {
    const rows = rowsAfter(db, chain.last.seq, 1_000);
    if (rows.length === 0) return undefined;
    for (const row of rows) {
      const wrong = chain.next(storedLink(row));
      if (wrong !== undefined) return { brokenAt: wrong.seq };
    }
  }
}

/** The last event that was pruned. */
export function journalStart(db: Pick<ConductorDatabase, "get">): ChainLink {
  const sql = "SELECT seq, hash FROM journal_checkpoint ORDER BY seq DESC LIMIT 1";
  return db.get<ChainLink>(sql) ?? { seq: 0, hash: "" };
}

function rowsAfter(db: ConductorDatabase, seq: number, limit: number): EventRow[] {
  const sql = `SELECT ${columns} FROM events WHERE seq > ? ORDER BY seq LIMIT ?`;
  return db.all<EventRow>(sql, seq, limit);
}

export function eventOf(row: EventRow): JournalEvent {
  const { hash: _, data, ...event } = row;
  return { ...event, data: dataColumn.parse(JSON.parse(data)) };
}

/** As it was written, to the byte: of a key that stands twice SQLite reads the first value, and we the last. */
export function storedLink(row: EventRow): StoredLink {
  const { seq, hash, data } = row;
  try {
    const isPlain = JSON.stringify(JSON.parse(data)) === data;
    return { seq, hash, event: isPlain ? eventOf(row) : undefined };
  } catch {
    return { seq, hash, event: undefined };
  }
}
