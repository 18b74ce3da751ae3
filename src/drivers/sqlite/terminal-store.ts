import { z } from "zod";
import { ConductorError } from "../../base/errors.ts";
import { gateLevel, network } from "../../contract/decisions.ts";
import type { NewEvent } from "../../contract/events.ts";
import { evidence } from "../../contract/status.ts";
import { connectorKind } from "../../contract/terminals.ts";
import type {
  SessionRecord,
  StatusChange,
  TerminalPatch,
  TerminalRecord,
  TerminalStore,
} from "../../core/terminals/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";
import { isUniqueViolation } from "./failures.ts";
import { applyTurnChange, openTurnOf, type TurnRow, turnOf } from "./turn-rows.ts";

interface TerminalRow {
  readonly id: string;
  readonly session: string;
  readonly name: string;
  readonly provider: string;
  readonly profile: string | null;
  readonly labels: string;
  readonly cwd: string;
  readonly worktree: string | null;
  readonly pane_id: string | null;
  readonly pid: number | null;
  readonly nonce: string;
  readonly launch: string;
  readonly status: TerminalRecord["status"];
  readonly detail: TerminalRecord["detail"];
  readonly composer: TerminalRecord["composer"];
  readonly status_at: number;
  readonly reason: string | null;
  readonly exit_code: number | null;
  readonly why: string;
  readonly created_at: number;
  readonly log_path: string;
  readonly agent_id: string | null;
}
interface SessionRow extends Omit<SessionRecord, "createdAt"> {
  readonly created_at: number;
}

const stringList = z.array(z.string());
const launchColumn = z.object({
  argv: stringList,
  envNames: stringList,
  profile: z.string().nullable(),
  args: stringList,
  gate: gateLevel.optional(),
  network: network.optional(),
  agentSession: z.string().optional(),
  transcriptRoot: z.string().optional(),
  connector: connectorKind.optional(),
});
const whyColumn = z.array(evidence);

export function createTerminalStore(db: ConductorDatabase): TerminalStore {
  return {
    insert: (record, event) =>
      db.writeTogether((append) => {
        named(record, () => insert(db, record));
        append(event);
      }),
    update: (id, patch, event) => db.writeTogether((append) => save(db, id, patch, event, append)),
    changeStatus: (id, change, event, turn) =>
      db.writeTogether(
        (append) => {
          const record = save(db, id, change, event, append);
          if (turn !== undefined) applyTurnChange(db, turn, append);
          return record;
        },
        // What an agent looks like is seen anew by the next daemon; how its turn went is not.
        turn === undefined ? "recorded" : "durable",
      ),
    list: async (filter = {}) => {
      const where = filter.live === undefined ? "" : `WHERE live = ${filter.live ? 1 : 0}`;
      const sql = `SELECT * FROM terminals ${where} ORDER BY created_at, rowid`;
      return db.all<TerminalRow>(sql).map(recordOf);
    },
    get: async (id) => find(db, id),
    turns: async (terminalId, limit) => {
      const sql =
        "SELECT * FROM turns WHERE terminal_id = ? ORDER BY started_at DESC, id DESC LIMIT ?";
      return db.all<TurnRow>(sql, terminalId, limit).map(turnOf);
    },
    openTurn: async (terminalId) => openTurnOf(db, terminalId),
    turnOfMessage: async (messageId) => {
      const sql = "SELECT * FROM turns WHERE message_id = ? ORDER BY started_at DESC LIMIT 1";
      const row = db.get<TurnRow>(sql, messageId);
      return row && turnOf(row);
    },
    setSession: async (session, event) =>
      db.write((append) => {
        db.run(
          `INSERT INTO sessions (id, name, cwd, state, created_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (name) DO UPDATE SET cwd = excluded.cwd, state = excluded.state`,
          session.id,
          session.name,
          session.cwd,
          session.state,
          session.createdAt,
        );
        if (event !== null) append(event);
      }),
    sessions: async (filter = {}) => {
      const sql = "SELECT * FROM sessions WHERE state = coalesce(?, state) ORDER BY created_at, id";
      return db
        .all<SessionRow>(sql, filter.state ?? null)
        .map(({ created_at: createdAt, ...row }) => ({ ...row, createdAt }));
    },
    removeExited: async (before) => db.write((append) => removeExited(db, before, append)),
  };
}

function find(db: ConductorDatabase, id: string): TerminalRecord | undefined {
  const row = db.get<TerminalRow>("SELECT * FROM terminals WHERE id = ?", id);
  return row && recordOf(row);
}

/** Writes the whole row again: one statement for every patch, and the record that callers want back. */
function save(
  db: ConductorDatabase,
  id: string,
  patch: TerminalPatch | StatusChange,
  event: NewEvent | null,
  append: Append,
): TerminalRecord {
  const old = find(db, id);
  if (old === undefined) throw new ConductorError("not_found", `no terminal ${id}`);
  const record: TerminalRecord = { ...old, ...patch };
  const values = columnsOf(record);
  const sets = Object.keys(values).map((column) => `${column} = ?`);
  named(record, () =>
    db.run(`UPDATE terminals SET ${sets.join(", ")} WHERE id = ?`, ...Object.values(values), id),
  );
  if (event !== null) append(event);
  return record;
}

function insert(db: ConductorDatabase, record: TerminalRecord): void {
  const values = columnsOf(record);
  const names = Object.keys(values);
  const marks = names.map(() => "?").join(", ");
  db.run(`INSERT INTO terminals (${names.join(", ")}) VALUES (${marks})`, ...Object.values(values));
}

/** A turn stays while a message tells of it. */
function removeExited(db: ConductorDatabase, before: number, append: Append): TerminalRecord[] {
  const rows = db.all<TerminalRow>(
    "DELETE FROM terminals WHERE live = 0 AND status_at < ? RETURNING *",
    before,
  );
  for (const row of rows) {
    db.run(
      `DELETE FROM turns WHERE terminal_id = ? AND
        NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = turns.message_id)`,
      row.id,
    );
    const data = { name: row.name, session: row.session };
    append({ type: "terminal.removed", subject: row.id, actor: "daemon", data });
  }
  return rows.map(recordOf);
}

function named(record: TerminalRecord, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ConductorError(
      "name.taken",
      `session ${record.session} already has a terminal named ${record.name}`,
      { cause: error, hint: "choose another --name, or stop the one that has it" },
    );
  }
}

function columnsOf(record: TerminalRecord): Record<keyof TerminalRow, string | number | null> {
  return {
    id: record.id,
    session: record.session,
    name: record.name,
    provider: record.provider,
    profile: record.profile,
    labels: JSON.stringify(record.labels),
    cwd: record.cwd,
    worktree: record.worktree,
    pane_id: record.paneId,
    pid: record.pid,
    nonce: record.nonce,
    launch: JSON.stringify(record.launch),
    status: record.status,
    detail: record.detail,
    composer: record.composer,
    status_at: record.statusAt,
    reason: record.reason,
    exit_code: record.exitCode,
    why: JSON.stringify(record.why),
    created_at: record.createdAt,
    log_path: record.logPath,
    agent_id: record.agentId,
  };
}

function recordOf(row: TerminalRow): TerminalRecord {
  return {
    id: row.id,
    session: row.session,
    name: row.name,
    provider: row.provider,
    profile: row.profile,
    labels: stringList.parse(JSON.parse(row.labels)),
    cwd: row.cwd,
    worktree: row.worktree,
    paneId: row.pane_id,
    pid: row.pid,
    nonce: row.nonce,
    launch: launchColumn.parse(JSON.parse(row.launch)),
    status: row.status,
    detail: row.detail,
    composer: row.composer,
    statusAt: row.status_at,
    reason: row.reason,
    exitCode: row.exit_code,
    why: whyColumn.parse(JSON.parse(row.why)),
    createdAt: row.created_at,
    logPath: row.log_path,
    agentId: row.agent_id,
  };
}
