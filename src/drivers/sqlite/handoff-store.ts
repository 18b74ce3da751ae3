import type { Instant } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { NewEvent } from "../../contract/events.ts";
import {
  admit,
  type Bounds,
  type HandoffEnd,
  type HandoffMove,
  type HandoffRecord,
  type HandoffSignal,
  type HandoffStore,
  type NewHandoff,
  nextHandoffState,
  outcomeText,
} from "../../core/handoffs/index.ts";
import { terminalOfActor } from "../../core/messages/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";
import { findHandoff, type HandoffRow, listHandoffs, recordOf } from "./handoff-rows.ts";
import { insert as insertMessage } from "./message-moves.ts";
import { resolveId } from "./refs.ts";

const ref = { table: "handoffs", what: "handoff", prefix: "h_" } as const;

export function createHandoffStore(db: ConductorDatabase): HandoffStore {
  const record = (row: HandoffRow): HandoffRecord => recordOf(db, row);
  return {
    request: async (asked, bounds, now) =>
      db.write((append) => {
        const known = findByKey(db, asked);
        if (known !== undefined) return { handoff: record(known), existing: true };
        const row = insert(db, asked, { bounds, now }, append);
        return { handoff: record(row), existing: false };
      }),
    claimWarm: async (id, terminalIds, now) =>
      db.write((append) => {
        const free = terminalIds.find((each) => isFree(db, each));
        if (free === undefined) return undefined;
        const worker = { terminalId: free, origin: "warm" } as const;
        return record(move(db, id, { signal: "choose", worker }, now, append));
      }),
    move: async (id, change, now) =>
      db.write((append) => record(move(db, id, change, now, append))),
    settle: async (id, end, now) =>
      db.write((append) => {
        const row = settle(db, id, end, now, append);
        if (row === undefined) return undefined;
        if (row.kind === "assignment") tell(db, row, now, append);
        return record(findHandoff(db, id) ?? row);
      }),
    report: async (id, text, now) =>
      db.write((append) => {
        const row = held(db, id);
        if (row.settled_at !== null) throw over(row);
        const sql = "UPDATE handoffs SET report = ? WHERE id = ? RETURNING *";
        append(event("reported", row, { chars: text.length, at: now }, actorOf(row)));
        return record(changed(db.get<HandoffRow>(sql, text, id)));
      }),
    release: async (id, now) =>
      db.write((append) => {
        const sql = `UPDATE handoffs SET released_at = ?
                      WHERE id = ? AND settled_at IS NOT NULL AND released_at IS NULL RETURNING *`;
        const row = db.get<HandoffRow>(sql, now, id);
        if (row !== undefined) append(event("released", row, {}));
      }),
    returned: async (id, now) =>
      db.write((append) => {
        const row = markReturned(db, id, "call");
        if (row !== undefined) append(event("returned", row, { at: now }));
      }),
    tell: async (id, now) => db.write((append) => tell(db, held(db, id), now, append)),
    unfinished: async () => {
      const sql = `SELECT * FROM handoffs WHERE released_at IS NULL OR returned IS NULL ORDER BY seq`;
      return db.all<HandoffRow>(sql).map(record);
    },
    workers: async () => {
      const sql = `SELECT DISTINCT worker FROM handoffs JOIN terminals ON terminals.id = worker
                    WHERE origin = 'fresh' AND terminals.live = 1`;
      return db.all<{ worker: string }>(sql).map(({ worker }) => worker);
    },
    list: async (filter) => listHandoffs(db, filter).map(record),
    get: async (id) => record(held(db, resolveId(db, id, ref))),
    removeSettled: async (before) =>
      db.write((append) => {
        const sql = "DELETE FROM handoffs WHERE settled_at < ? AND released_at IS NOT NULL";
        const removed = db.run(sql, before);
        const data = { removed, before };
        if (removed > 0)
          append({ type: "handoffs.pruned", subject: "handoffs", actor: "daemon", data });
        return removed;
      }),
  };
}

function findByKey(db: ConductorDatabase, asked: NewHandoff): HandoffRow | undefined {
  if (asked.key === null) return undefined;
  const sql = "SELECT * FROM handoffs WHERE sender = ? AND key = ?";
  const row = db.get<HandoffRow>(sql, asked.from, asked.key);
  if (row === undefined || (row.body === asked.message && row.kind === asked.kind)) return row;
  throw new ConductorError(
    "state.conflict",
    `the key ${asked.key} was used for another handoff (${row.id})`,
    { hint: "new work needs a new key", data: { handoff: row.id } },
  );
}

function insert(
  db: ConductorDatabase,
  asked: NewHandoff,
  { bounds, now }: { readonly bounds: Bounds; readonly now: Instant },
  append: Append,
): HandoffRow {
  const open = db
    .all<HandoffRow>("SELECT * FROM handoffs WHERE settled_at IS NULL ORDER BY seq")
    .map((row) => recordOf(db, row));
  const profileOf = (id: string): string | null =>
    db.get<{ profile: string | null }>("SELECT profile FROM terminals WHERE id = ?", id)?.profile ??
    null;
  const { parent, depth } = admit(asked, { open, profileOf, ...bounds });
  const { target } = asked;
  const given = "terminalId" in target ? target.terminalId : null;
  const row = changed(
    db.get<HandoffRow>(
      `INSERT INTO handoffs (id, kind, state, sender, sender_name, key, parent, depth, profile, plan, body,
         worker, origin, created_at, expires_at, returned)
       VALUES (?, ?, 'requested', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
      newId("h", now),
      asked.kind,
      asked.from,
      asked.fromName,
      asked.key,
      parent,
      depth,
      "profile" in target ? target.profile : null,
      JSON.stringify(asked.plan),
      asked.message,
      given,
      given === null ? null : "given",
      now,
      asked.expiresAt,
      // A person has no inbox, and looks.
      terminalOfActor(asked.from) === undefined ? "nobody" : null,
    ),
  );
  append(event("requested", row, { profile: row.profile, parent, depth }, asked.from));
  return row;
}

/** Launched for handoffs, alive, and held by none. */
function isFree(db: ConductorDatabase, terminalId: string): boolean {
  const sql = `SELECT 1 AS one FROM terminals WHERE id = ? AND live = 1 AND NOT EXISTS
                 (SELECT 1 FROM handoffs WHERE worker = terminals.id AND released_at IS NULL)`;
  return db.get(sql, terminalId) !== undefined;
}

function move(
  db: ConductorDatabase,
  id: string,
  change: HandoffMove,
  _now: Instant,
  append: Append,
): HandoffRow {
  const row = held(db, id);
  const state = next(row, change.signal);
  const moved = changed(
    db.get<HandoffRow>(
      `UPDATE handoffs SET state = ?, worker = ?, origin = ?, message_id = ?, question = ?
        WHERE id = ? RETURNING *`,
      state,
      change.worker?.terminalId ?? row.worker,
      change.worker?.origin ?? row.origin,
      change.messageId ?? row.message_id,
      change.question ?? null,
      id,
    ),
  );
  append(event(VERBS[change.signal], moved, { origin: moved.origin, message: moved.message_id }));
  return moved;
}

const VERBS = { choose: "started", submit: "submitted", run: "ran", ask: "asked" } as const;

function settle(
  db: ConductorDatabase,
  id: string,
  end: HandoffEnd,
  now: Instant,
  append: Append,
): HandoffRow | undefined {
  const row = held(db, id);
  if (row.settled_at !== null) return undefined;
  const state = next(row, end.signal);
  const settled = changed(
    db.get<HandoffRow>(
      `UPDATE handoffs SET state = ?, question = NULL, result = ?, error = ?, settled_at = ?,
              returned = COALESCE(returned, ?)
        WHERE id = ? RETURNING *`,
      state,
      end.result === undefined ? null : JSON.stringify(end.result),
      end.error === undefined ? null : JSON.stringify(end.error),
      now,
      end.unwanted === true ? "nobody" : null,
      id,
    ),
  );
  const data = { code: end.error?.code ?? null, source: end.result?.source ?? null };
  append(event(state, settled, data, end.by));
  return settled;
}

/** Where the sender is a person or has exited, nobody has an inbox. */
function tell(db: ConductorDatabase, row: HandoffRow, now: Instant, append: Append): void {
  if (row.returned !== null) return;
  const sender = terminalOfActor(row.sender);
  const sql = "SELECT name FROM terminals WHERE id = ? AND status <> 'exited'";
  const terminal = sender === undefined ? undefined : db.get<{ name: string }>(sql, sender);
  if (sender === undefined || terminal === undefined) {
    markReturned(db, row.id, "nobody");
    return;
  }
  const notice = {
    kind: "notice",
    from: row.worker === null ? "daemon" : `agent:${row.worker}`,
    to: sender,
    toName: terminal.name,
    body: outcomeText(recordOf(db, row)),
    mode: "when-idle",
    expiresAt: null,
    dedupeKey: `outcome of ${row.id}`,
  } as const;
  const message = insertMessage(db, notice, now, append);
  markReturned(db, row.id, "message");
  append(event("told", row, { to: sender, message: message.id }));
}

function markReturned(
  db: ConductorDatabase,
  id: string,
  how: "call" | "message" | "nobody",
): HandoffRow | undefined {
  const sql = `UPDATE handoffs SET returned = ?
                WHERE id = ? AND settled_at IS NOT NULL AND returned IS NULL RETURNING *`;
  return db.get<HandoffRow>(sql, how, id);
}

function held(db: ConductorDatabase, id: string): HandoffRow {
  const row = findHandoff(db, id);
  if (row === undefined) throw new ConductorError("not_found", `no handoff ${id}`);
  return row;
}

function next(row: HandoffRow, signal: HandoffSignal): HandoffRow["state"] {
  const state = nextHandoffState(row.state, signal);
  if (state === undefined) throw over(row);
  return state;
}

function over(row: HandoffRow): ConductorError {
  return new ConductorError("state.conflict", `handoff ${row.id} is ${row.state} already`, {
    hint: `conductor handoffs show ${row.id}`,
  });
}

function changed(row: HandoffRow | undefined): HandoffRow {
  if (row === undefined) throw new Error("a statement returned no row");
  return row;
}

function actorOf({ worker }: HandoffRow): string {
  return worker === null ? "daemon" : `agent:${worker}`;
}

function event(
  verb: string,
  row: HandoffRow,
  data: Record<string, unknown>,
  actor = "daemon",
): NewEvent {
  const about = { kind: row.kind, from: row.sender, terminal: row.worker, ...data };
  return { type: `handoff.${verb}`, subject: row.id, actor, data: about };
}
