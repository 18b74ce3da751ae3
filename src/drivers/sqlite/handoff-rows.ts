import { z } from "zod";
import { type HandoffView, handoffError, handoffResult } from "../../contract/handoffs.ts";
import type { HandoffFilter, HandoffRecord } from "../../core/handoffs/index.ts";
import type { ConductorDatabase } from "./database.ts";

export interface HandoffRow {
  readonly seq: number;
  readonly id: string;
  readonly kind: HandoffView["kind"];
  readonly state: HandoffView["state"];
  readonly sender: string;
  readonly sender_name: string;
  readonly key: string | null;
  readonly parent: string | null;
  readonly depth: number;
  readonly profile: string | null;
  readonly plan: string;
  readonly body: string;
  readonly worker: string | null;
  readonly origin: HandoffView["origin"];
  readonly message_id: string | null;
  readonly question: string | null;
  readonly report: string | null;
  readonly result: string | null;
  readonly error: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly settled_at: number | null;
  readonly released_at: number | null;
  readonly returned: HandoffView["returned"];
}

const planColumn = z.object({
  session: z.string().nullable(),
  name: z.string().nullable(),
  provider: z.string().nullable(),
  cwd: z.string(),
  worktree: z.string().nullable(),
  fresh: z.boolean(),
  keep: z.boolean(),
});

export function recordOf(db: ConductorDatabase, row: HandoffRow): HandoffRecord {
  const sql = "SELECT name FROM terminals WHERE id = ?";
  const worker = row.worker === null ? undefined : db.get<{ name: string }>(sql, row.worker);
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    from: row.sender,
    fromName: row.sender_name,
    profile: row.profile,
    terminalId: row.worker,
    terminalName: worker?.name ?? null,
    origin: row.origin,
    message: row.body,
    key: row.key,
    parent: row.parent,
    depth: row.depth,
    messageId: row.message_id,
    question: row.question,
    result: handoffResult.nullable().parse(JSON.parse(row.result ?? "null")),
    error: handoffError.nullable().parse(JSON.parse(row.error ?? "null")),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    settledAt: row.settled_at,
    releasedAt: row.released_at,
    returned: row.returned,
    plan: planColumn.parse(JSON.parse(row.plan)),
    report: row.report,
  };
}

export function findHandoff(db: ConductorDatabase, id: string): HandoffRow | undefined {
  return db.get<HandoffRow>("SELECT * FROM handoffs WHERE id = ?", id);
}

export function listHandoffs(db: ConductorDatabase, filter: HandoffFilter): HandoffRow[] {
  const of = filter.of ?? null;
  return db.all<HandoffRow>(
    `SELECT * FROM handoffs
      WHERE (? IS NULL OR worker = ? OR sender = ?) AND (? = 0 OR settled_at IS NULL)
      ORDER BY seq DESC LIMIT ?`,
    of,
    of,
    `agent:${of ?? ""}`,
    filter.open === true ? 1 : 0,
    filter.limit ?? 100,
  );
}
