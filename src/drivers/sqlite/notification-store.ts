import type { Instant } from "../../base/clock.ts";
import { newId } from "../../base/ids.ts";
import { journalEvent } from "../../contract/events.ts";
import type { NotificationCounts, NotificationView } from "../../contract/notify.ts";
import type {
  NewNotification,
  NotificationRecord,
  NotificationStore,
  Settled,
} from "../../core/notify/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";

interface NotificationRow extends Omit<NotificationRecord, "event" | "type"> {
  readonly event: string;
}
const COLUMNS = `id, rule, target, title, body, event, state, attempts, due_at AS dueAt, error,
  created_at AS createdAt, settled_at AS settledAt`;

const CURSOR = "notifications";
const MINUTE_MS = 60_000;

export function createNotificationStore(db: ConductorDatabase): NotificationStore {
  return {
    cursor: async () =>
      db.get<{ seq: number }>("SELECT seq FROM cursors WHERE name = ?", CURSOR)?.seq,
    take: (found, cursor, how) =>
      db.writeTogether(() => {
        db.run(
          "INSERT INTO cursors (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq",
          CURSOR,
          cursor,
        );
        for (const each of found) insert(db, each, how);
      }),
    forgetCursor: async () =>
      db.write(() => void db.run("DELETE FROM cursors WHERE name = ?", CURSOR)),
    due: async (now, limit) => {
      const sql = `SELECT ${COLUMNS} FROM notifications
                    WHERE state = 'queued' AND due_at <= ? ORDER BY due_at, seq LIMIT ?`;
      return db.all<NotificationRow>(sql, now, limit).map(recordOf);
    },
    nextDue: async () => {
      const sql = "SELECT min(due_at) AS at FROM notifications WHERE state = 'queued'";
      return db.get<{ at: number | null }>(sql)?.at ?? undefined;
    },
    settle: (id, settled, now) =>
      db.writeTogether((append) => settle(db, id, { settled, now }, append)),
    list: async (limit) => {
      const sql = `SELECT ${COLUMNS} FROM notifications ORDER BY seq DESC LIMIT ?`;
      return db.all<NotificationRow>(sql, limit).map(viewOf);
    },
    counts: async () => counts(db),
    removeSettled: async (before) =>
      db.write(() => db.run("DELETE FROM notifications WHERE settled_at < ?", before)),
  };
}

function insert(
  db: ConductorDatabase,
  { rule, target, title, body, event }: NewNotification,
  { perMinute, now }: { readonly perMinute: number; readonly now: Instant },
): void {
  const sql = `SELECT count(*) AS told FROM notifications
                WHERE target = ? AND created_at > ? AND state <> 'dropped'`;
  const told = db.get<{ told: number }>(sql, target, now - MINUTE_MS)?.told ?? 0;
  const isTooMuch = told >= perMinute;
  db.run(
    `INSERT INTO notifications (id, rule, target, title, body, event_seq, event, state, due_at, error, created_at, settled_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_seq, rule, target) DO NOTHING`,
    newId("n", now),
    rule,
    target,
    title,
    body,
    event.seq,
    JSON.stringify(event),
    isTooMuch ? "dropped" : "queued",
    now,
    isTooMuch ? `more than ${perMinute} in a minute` : null,
    now,
    isTooMuch ? now : null,
  );
}

function settle(
  db: ConductorDatabase,
  id: string,
  { settled, now }: { readonly settled: Settled; readonly now: Instant },
  append: Append,
): void {
  const isQueued = settled.state === "queued";
  const error = settled.state === "sent" ? null : settled.error;
  const row = db.get<NotificationRow>(
    `UPDATE notifications SET state = ?, attempts = attempts + 1, due_at = ?, error = ?, settled_at = ?
      WHERE id = ? AND state = 'queued' RETURNING ${COLUMNS}`,
    settled.state,
    isQueued ? settled.dueAt : now,
    error,
    isQueued ? null : now,
    id,
  );
  if (row === undefined || isQueued) return;
  const { rule, target, title, body, attempts } = row;
  const data = { rule, target, title, body, attempts, ...(error === null ? {} : { error }) };
  append({ type: `notification.${settled.state}`, subject: id, actor: "daemon", data });
}

function counts(db: ConductorDatabase): Map<string, NotificationCounts> {
  const rows = db.all<{ rule: string; state: NotificationView["state"]; n: number }>(
    "SELECT rule, state, count(*) AS n FROM notifications GROUP BY rule, state",
  );
  const byRule = new Map<string, NotificationCounts>();
  for (const { rule, state, n } of rows)
    byRule.set(rule, { ...(byRule.get(rule) ?? NO_COUNTS), [state]: n });
  return byRule;
}

const NO_COUNTS: NotificationCounts = { queued: 0, sent: 0, failed: 0, dropped: 0 };

function recordOf({ event, ...row }: NotificationRow): NotificationRecord {
  const told = journalEvent.parse(JSON.parse(event));
  return { ...row, event: told, type: told.type };
}

function viewOf(row: NotificationRow): NotificationView {
  const { event, ...record } = recordOf(row);
  return { ...record, event: event.seq };
}
