import { z } from "zod";
import type { Attempt, MessageView } from "../../contract/messages.ts";
import type { Claim, MessageFilter } from "../../core/messages/index.ts";
import type { ConductorDatabase } from "./database.ts";
import { type TurnRow, turnOf } from "./turn-rows.ts";

export interface MessageRow {
  readonly seq: number;
  readonly id: string;
  readonly kind: "message" | "notice";
  readonly sender: string;
  readonly receiver: string;
  readonly receiver_name: string;
  readonly body: string;
  readonly mode: MessageView["mode"];
  readonly state: MessageView["state"];
  readonly reason: string | null;
  readonly receipt: MessageView["receipt"];
  readonly fence: number;
  readonly lease_until: number | null;
  readonly created_at: number;
  readonly settled_at: number | null;
  readonly expires_at: number | null;
  readonly dedupe_key: string | null;
}
interface AttemptRow {
  readonly id: string;
  readonly fence: number;
  readonly started_at: number;
  readonly typed_at: number | null;
  readonly ended_at: number | null;
  readonly outcome: Attempt["outcome"];
  readonly note: string | null;
}

export function findMessage(db: ConductorDatabase, id: string): MessageRow | undefined {
  return db.get<MessageRow>("SELECT * FROM messages WHERE id = ?", id);
}

export function listMessages(db: ConductorDatabase, filter: MessageFilter): MessageRow[] {
  const states = filter.states === undefined ? null : JSON.stringify(filter.states);
  return db.all<MessageRow>(
    `SELECT * FROM messages
      WHERE receiver = coalesce(?, receiver) AND seq < ?
        AND (? IS NULL OR state IN (SELECT value FROM json_each(?)))
      ORDER BY seq DESC LIMIT ?`,
    filter.to ?? null,
    filter.before ?? Number.MAX_SAFE_INTEGER,
    states,
    states,
    filter.limit ?? 100,
  );
}

export function viewOf(db: ConductorDatabase, row: MessageRow): MessageView {
  const attempts = db.all<AttemptRow>(
    "SELECT * FROM attempts WHERE message_id = ? ORDER BY fence",
    row.id,
  );
  const turn = db.get<TurnRow>(
    "SELECT * FROM turns WHERE message_id = ? ORDER BY started_at DESC LIMIT 1",
    row.id,
  );
  // A renamed receiver is shown by the name it has now.
  const receiver = db.get<{ name: string }>(
    "SELECT name FROM terminals WHERE id = ?",
    row.receiver,
  );
  return {
    id: row.id,
    seq: row.seq,
    from: row.sender,
    to: row.receiver,
    toName: receiver?.name ?? row.receiver_name,
    body: row.body,
    mode: row.mode,
    state: row.state,
    reason: row.reason,
    receipt: row.receipt,
    createdAt: row.created_at,
    settledAt: row.settled_at,
    expiresAt: row.expires_at,
    dedupeKey: row.dedupe_key,
    attempts: attempts.map(attemptOf),
    turn: turn === undefined ? null : turnOf(turn),
  };
}

/** The claim that a row in `delivering` stands for. */
export function claimOf(db: ConductorDatabase, row: MessageRow): Claim {
  const message = viewOf(db, row);
  const attempt = message.attempts.find((one) => one.fence === row.fence);
  if (attempt === undefined || row.lease_until === null) {
    throw new Error(`message ${row.id} is ${row.state} without an attempt`);
  }
  const stored = db.get<{ screen: string | null }>(
    "SELECT screen FROM attempts WHERE message_id = ? AND fence = ?",
    row.id,
    row.fence,
  );
  const mark = screenColumn.parse(JSON.parse(stored?.screen ?? "null"));
  return { message, attempt, fence: row.fence, leaseUntil: row.lease_until, mark };
}

const screenColumn = z.object({ hash: z.string(), seen: z.number() }).nullable();

function attemptOf(row: AttemptRow): Attempt {
  return {
    id: row.id,
    fence: row.fence,
    startedAt: row.started_at,
    typedAt: row.typed_at,
    endedAt: row.ended_at,
    outcome: row.outcome,
    note: row.note,
  };
}
