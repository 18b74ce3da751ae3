/** What happens to one message's row: made, moved by the state machine, settled with its sender told. */
import type { Instant } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { NewEvent } from "../../contract/events.ts";
import type { Attempt } from "../../contract/messages.ts";
import {
  failureNotice,
  type MessageSignal,
  type NewMessage,
  nextMessageState,
  terminalOfActor,
} from "../../core/messages/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";
import { findMessage, type MessageRow } from "./message-rows.ts";

export function insert(
  db: ConductorDatabase,
  message: NewMessage & { kind: MessageRow["kind"]; toName: string },
  now: Instant,
  append: Append,
): MessageRow {
  const row = db.get<MessageRow>(
    `INSERT INTO messages (id, kind, sender, receiver, receiver_name, body, mode, state, created_at,
       expires_at, dedupe_key) VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?) RETURNING *`,
    newId("m", now),
    message.kind,
    message.from,
    message.to,
    message.toName,
    message.body,
    message.mode,
    now,
    message.expiresAt,
    message.dedupeKey,
  );
  if (row === undefined) throw new Error("an insert returned no row");
  append(messageEvent("message.queued", row, { mode: row.mode }, message.from));
  return row;
}

/** The row, if its lease is still this fence's. */
export function held(db: ConductorDatabase, id: string, fence: number): MessageRow {
  const row = findMessage(db, id);
  if (row?.state === "delivering" && row.fence === fence) return row;
  throw new ConductorError("state.conflict", `the lease of message ${id} is lost`, {
    data: { fence, state: row?.state ?? null },
  });
}

interface Change {
  readonly reason?: string;
  readonly receipt?: string;
  readonly settledAt?: Instant;
  readonly fence?: number;
  readonly leaseUntil?: Instant;
}

export function move(
  db: ConductorDatabase,
  row: MessageRow,
  signal: MessageSignal,
  change: Change,
): MessageRow {
  const state = nextMessageState(row.state, signal);
  const conflict = new ConductorError(
    "state.conflict",
    `message ${row.id} is ${row.state} already`,
    { hint: `conductor inbox show ${row.id}` },
  );
  if (state === undefined) throw conflict;
  const moved = db.get<MessageRow>(
    `UPDATE messages SET state = ?, reason = ?, receipt = ?, settled_at = ?, lease_until = ?, fence = ?
      WHERE id = ? AND state = ? AND fence = ? RETURNING *`,
    state,
    change.reason ?? null,
    change.receipt ?? null,
    change.settledAt ?? null,
    change.leaseUntil ?? null,
    change.fence ?? row.fence,
    row.id,
    row.state,
    row.fence,
  );
  if (moved === undefined) throw conflict;
  return moved;
}

/** Settles as anything but delivered, and tells the sender where it is an agent. */
export function settle(
  db: ConductorDatabase,
  row: MessageRow,
  signal: "fail" | "cancel" | "expire" | "abandon",
  end: { reason: string; now: Instant; actor?: string },
  append: Append,
): MessageRow {
  const settled = move(db, row, signal, { reason: end.reason, settledAt: end.now });
  const actor = end.actor ?? "daemon";
  append(messageEvent(`message.${settled.state}`, settled, { reason: end.reason }, actor));
  const sender = terminalOfActor(row.sender);
  if (sender !== undefined && row.kind === "message" && actor !== row.sender) {
    notify(db, settled, sender, end, append);
  }
  return settled;
}

const NOTICE_TTL_MS = 24 * 3_600_000;

function notify(
  db: ConductorDatabase,
  row: MessageRow,
  sender: string,
  end: { reason: string; now: Instant },
  append: Append,
): void {
  const sql = "SELECT name FROM terminals WHERE id = ? AND live = 1";
  const terminal = db.get<{ name: string }>(sql, sender);
  if (terminal === undefined) return;
  const about = { id: row.id, toName: row.receiver_name, body: row.body };
  const notice = {
    kind: "notice",
    from: "daemon",
    to: sender,
    toName: terminal.name,
    body: failureNotice(about, row.state, end.reason),
    mode: "when-idle",
    expiresAt: end.now + NOTICE_TTL_MS,
    dedupeKey: null,
  } as const;
  insert(db, notice, end.now, append);
}

export function endAttempt(
  db: ConductorDatabase,
  row: MessageRow,
  outcome: NonNullable<Attempt["outcome"]>,
  note: string | null,
  now: Instant,
): void {
  db.run(
    "UPDATE attempts SET ended_at = ?, outcome = ?, note = ? WHERE message_id = ? AND fence = ?",
    now,
    outcome,
    note,
    row.id,
    row.fence,
  );
}

export function messageEvent(
  type: string,
  row: MessageRow,
  data: Record<string, unknown>,
  actor = "daemon",
): NewEvent {
  return {
    type,
    subject: row.id,
    actor,
    data: { terminal: row.receiver, from: row.sender, ...data },
  };
}
