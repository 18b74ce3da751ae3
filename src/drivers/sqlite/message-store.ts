import type { Instant } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { MessageView } from "../../contract/messages.ts";
import { type MessageStore, type NewMessage, terminalOfActor } from "../../core/messages/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";
import { endAttempt, held, insert, messageEvent, move, settle } from "./message-moves.ts";
import { claimOf, findMessage, listMessages, type MessageRow, viewOf } from "./message-rows.ts";
import { resolveId } from "./refs.ts";
import { startTurn } from "./turn-rows.ts";

const ref = { table: "messages", what: "message", prefix: "m_" } as const;
const nextQueued = `SELECT * FROM messages
  WHERE receiver = ? AND state = 'queued' AND (expires_at IS NULL OR expires_at > ?)
  ORDER BY mode = 'interrupt' DESC, seq LIMIT 1`;

export function createMessageStore(db: ConductorDatabase): MessageStore {
  const view = (row: MessageRow): MessageView => viewOf(db, row);
  return {
    enqueue: async (message, now) =>
      db.write((append) => {
        const known = findByKey(db, message);
        if (known !== undefined) return { message: view(known), existing: true };
        return { message: view(enqueue(db, message, now, append)), existing: false };
      }),
    claimNext: async (terminalId, now, leaseMs) =>
      db.write((append) => claimNext(db, terminalId, now, leaseMs, append)),
    peekNext: async (terminalId, now) => {
      const row = db.get<MessageRow>(nextQueued, terminalId, now);
      return row && view(row);
    },
    markTyping: async (id, fence, now, mark) =>
      db.write((append) => {
        const row = held(db, id, fence);
        const sql =
          "UPDATE attempts SET typed_at = ?, screen = ? WHERE message_id = ? AND fence = ?";
        db.run(sql, now, JSON.stringify(mark), id, fence);
        append(messageEvent("message.typed", row, { fence }));
      }),
    deliver: async (id, fence, receipt, turn, now) =>
      db.write((append) => {
        const row = held(db, id, fence);
        endAttempt(db, row, "delivered", null, now);
        const delivered = move(db, row, "deliver", { receipt, settledAt: now });
        append(messageEvent("message.delivered", delivered, { receipt }));
        startTurn(db, turn, row.mode === "interrupt" ? "interrupted" : "completed", append);
        return view(delivered);
      }),
    requeue: async (id, fence, note, now) =>
      db.write((append) => {
        const row = held(db, id, fence);
        endAttempt(db, row, "requeued", note, now);
        append(
          messageEvent("message.requeued", move(db, row, "requeue", { reason: note }), { note }),
        );
      }),
    fail: async (id, fence, reason, now) =>
      db.write((append) => {
        const row = held(db, id, fence);
        endAttempt(db, row, "failed", reason, now);
        return view(settle(db, row, "fail", { reason, now, actor: "daemon" }, append));
      }),
    cancel: async (id, by, now) =>
      db.write((append) => view(cancel(db, resolveId(db, id, ref), by, now, append))),
    expire: async (now) =>
      db.write((append) => {
        const sql =
          "SELECT * FROM messages WHERE state = 'queued' AND expires_at <= ? ORDER BY seq";
        const rows = db.all<MessageRow>(sql, now);
        for (const row of rows) settle(db, row, "expire", { reason: expiry(row), now }, append);
        return rows.length;
      }),
    abandon: async (terminalId, reason, now) =>
      db.write((append) => {
        const sql = "SELECT * FROM messages WHERE receiver = ? AND state = 'queued' ORDER BY seq";
        const rows = db.all<MessageRow>(sql, terminalId);
        for (const row of rows) settle(db, row, "abandon", { reason, now }, append);
        return rows.length;
      }),
    unsettled: async (terminalId) => {
      const sql = `SELECT * FROM messages
                    WHERE state = 'delivering' AND receiver = coalesce(?, receiver) ORDER BY seq`;
      return db.all<MessageRow>(sql, terminalId ?? null).map((row) => claimOf(db, row));
    },
    list: async (filter) => listMessages(db, filter).map(view),
    get: async (id) => {
      const row = findMessage(db, resolveId(db, id, ref));
      if (row === undefined) throw new ConductorError("not_found", `no message ${id}`);
      return view(row);
    },
    unread: async () => {
      const sql = `SELECT receiver, count(*) AS n FROM messages
                    WHERE state IN ('queued', 'delivering') GROUP BY receiver`;
      const rows = db.all<{ receiver: string; n: number }>(sql);
      return new Map(rows.map((row) => [row.receiver, row.n]));
    },
    byKey: async (terminalId, key) => {
      const row = rowOfKey(db, terminalId, key);
      return row && view(row);
    },
    removeSettled: async (before) => db.write((append) => removeSettled(db, before, append)),
  };
}

function rowOfKey(db: ConductorDatabase, receiver: string, key: string): MessageRow | undefined {
  const sql = "SELECT * FROM messages WHERE receiver = ? AND dedupe_key = ?";
  return db.get<MessageRow>(sql, receiver, key);
}

function findByKey(db: ConductorDatabase, message: NewMessage): MessageRow | undefined {
  if (message.dedupeKey === null) return undefined;
  const row = rowOfKey(db, message.to, message.dedupeKey);
  if (row === undefined || row.body === message.body) return row;
  throw new ConductorError(
    "state.conflict",
    `the key ${message.dedupeKey} was used for another message (${row.id})`,
    { hint: "a new message needs a new key", data: { message: row.id } },
  );
}

function enqueue(
  db: ConductorDatabase,
  message: NewMessage,
  now: Instant,
  append: Append,
): MessageRow {
  if (terminalOfActor(message.from) === message.to) {
    throw new ConductorError("auth.refused", "an agent cannot send a message to itself");
  }
  const sql = "SELECT name, live, status FROM terminals WHERE id = ?";
  const receiver = db.get<{ name: string; live: number; status: string }>(sql, message.to);
  if (receiver === undefined) throw new ConductorError("not_found", `no terminal ${message.to}`);
  if (receiver.live === 0) {
    throw new ConductorError("pane.gone", `${receiver.name} is ${receiver.status}`, {
      hint: `conductor restart ${receiver.name}`,
    });
  }
  return insert(db, { ...message, kind: "message", toName: receiver.name }, now, append);
}

function claimNext(
  db: ConductorDatabase,
  terminalId: string,
  now: Instant,
  leaseMs: number,
  append: Append,
) {
  const busy = "SELECT 1 AS one FROM messages WHERE receiver = ? AND state = 'delivering'";
  if (db.get(busy, terminalId) !== undefined) return undefined;
  const row = db.get<MessageRow>(nextQueued, terminalId, now);
  if (row === undefined) return undefined;
  const fence = row.fence + 1;
  const claimed = move(db, row, "claim", { fence, leaseUntil: now + leaseMs });
  db.run(
    "INSERT INTO attempts (id, message_id, fence, started_at) VALUES (?, ?, ?, ?)",
    newId("att", now),
    row.id,
    fence,
    now,
  );
  append(messageEvent("message.claimed", claimed, { fence }));
  return claimOf(db, claimed);
}

function cancel(
  db: ConductorDatabase,
  id: string,
  by: string,
  now: Instant,
  append: Append,
): MessageRow {
  const row = findMessage(db, id);
  if (row === undefined) throw new ConductorError("not_found", `no message ${id}`);
  const attempt = db.get<{ typed_at: number | null }>(
    "SELECT typed_at FROM attempts WHERE message_id = ? AND ended_at IS NULL",
    id,
  );
  if (attempt !== undefined && attempt.typed_at !== null) {
    throw new ConductorError("state.conflict", `message ${id} is being typed already`, {
      hint: `conductor interrupt ${row.receiver_name}`,
    });
  }
  if (attempt !== undefined) endAttempt(db, row, "failed", "cancelled", now);
  return settle(db, row, "cancel", { reason: `cancelled by ${by}`, now, actor: by }, append);
}

function removeSettled(db: ConductorDatabase, before: Instant, append: Append): readonly string[] {
  const removed = db.all<{ id: string }>(
    `DELETE FROM messages WHERE settled_at < ? AND
       receiver NOT IN (SELECT id FROM terminals WHERE live = 1) RETURNING id`,
    before,
  );
  if (removed.length === 0) return [];
  db.run(
    `DELETE FROM turns WHERE terminal_id NOT IN (SELECT id FROM terminals) AND
       (message_id IS NULL OR message_id NOT IN (SELECT id FROM messages))`,
  );
  append({
    type: "messages.pruned",
    subject: "messages",
    actor: "daemon",
    data: { removed: removed.length, before },
  });
  return removed.map(({ id }) => id);
}

function expiry(row: MessageRow): string {
  return `not delivered within its time (${Math.round(((row.expires_at ?? 0) - row.created_at) / 1_000)} s)`;
}
