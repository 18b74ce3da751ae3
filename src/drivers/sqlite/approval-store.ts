import type { Instant } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import { approvalAction, type Verdict } from "../../contract/approvals.ts";
import {
  type ApprovalFilter,
  type ApprovalOutcome,
  type ApprovalRecord,
  type ApprovalSignal,
  type ApprovalStore,
  hashAction,
  type NewApproval,
  type NewGrant,
  nextApprovalState,
  OWNER,
} from "../../core/approvals/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";
import { insertGrant } from "./grant-store.ts";
import { resolveId } from "./refs.ts";

interface ApprovalRow {
  readonly number: number;
  readonly id: string;
  readonly terminal_id: string | null;
  readonly terminal_name: string | null;
  readonly origin: ApprovalRecord["origin"];
  readonly action: string;
  readonly hash: string;
  readonly fingerprint: string | null;
  readonly state: ApprovalRecord["state"];
  readonly decided_by: string | null;
  readonly reason: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly decided_at: number | null;
  readonly used_at: number | null;
  readonly context: string | null;
  readonly outcome: ApprovalOutcome | null;
  readonly quorum: number;
  readonly deny_threshold: number;
}
const ref = { table: "approvals", what: "approval", prefix: "a_", number: "number" } as const;

export function createApprovalStore(db: ConductorDatabase): ApprovalStore {
  return {
    request: async (approval, now) => db.write((append) => request(db, approval, now, append)),
    decide: async (id, verdict, by, now, grant) => {
      const outcome = db.write((append) => decide(db, id, { verdict, by, now, grant }, append));
      if (outcome instanceof ConductorError) throw outcome;
      return outcome;
    },
    consume: async (id, now) => db.write((append) => consume(db, id, now, append)),
    finish: async (id, end) => db.write((append) => finish(db, id, end, append)),
    unfinished: async () => {
      const sql = `SELECT * FROM approvals
                    WHERE origin = 'screen' AND outcome IS NULL
                      AND state IN ('pending', 'approved', 'consumed', 'denied') ORDER BY number`;
      return db.all<ApprovalRow>(sql).map((row) => recordOf(db, row));
    },
    expire: async (now) =>
      db.write((append) => {
        const sql = `SELECT * FROM approvals
                      WHERE state IN ('pending', 'approved') AND expires_at <= ? ORDER BY number`;
        return db.all<ApprovalRow>(sql, now).map((row) => expire(db, row, now, append));
      }),
    abandon: async (id, reason, now) =>
      db.write((append) => withdraw(db, id, "abandon", { reason, now }, append)),
    abandonWaited: async (reason, now) =>
      db.write((append) => abandonAll(db, "waited = 1", [], { reason, now }, append)),
    abandonOf: async (terminalId, reason, now) =>
      db.write((append) => {
        const which = "terminal_id = ? AND origin <> 'screen'";
        return abandonAll(db, which, [terminalId], { reason, now }, append);
      }),
    stopWaiting: async (id) =>
      db.write(() => void db.run("UPDATE approvals SET waited = 0 WHERE id = ?", id)),
    cancel: async (id, reason, now) =>
      db.write((append) => withdraw(db, id, "cancel", { reason, now }, append)),
    list: async (filter) => list(db, filter).map((row) => recordOf(db, row)),
    get: async (id) => recordOf(db, find(db, resolveId(db, id, ref))),
    pending: async () => {
      const sql = `SELECT terminal_id AS id, count(*) AS n FROM approvals
                    WHERE state = 'pending' AND terminal_id IS NOT NULL GROUP BY terminal_id`;
      return new Map(db.all<{ id: string; n: number }>(sql).map((row) => [row.id, row.n]));
    },
  };
}

export function request(
  db: ConductorDatabase,
  approval: NewApproval,
  now: Instant,
  append: Append,
): { readonly approval: ApprovalRecord; readonly existing: boolean } {
  const same = db.get<ApprovalRow>(
    "SELECT * FROM approvals WHERE state = 'pending' AND terminal_id = ? AND fingerprint = ?",
    approval.terminalId,
    approval.fingerprint,
  );
  if (same !== undefined) return { approval: recordOf(db, same), existing: true };
  const row = db.get<ApprovalRow>(
    `INSERT INTO approvals (id, terminal_id, terminal_name, origin, action, hash, fingerprint, context,
       waited, quorum, deny_threshold, state, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?) RETURNING *`,
    newId("a", now),
    approval.terminalId,
    approval.terminalName,
    approval.origin,
    JSON.stringify(approval.action),
    hashAction(approval.action),
    approval.fingerprint,
    approval.context ?? null,
    approval.isWaitedFor === true ? 1 : 0,
    approval.quorum ?? 1,
    approval.denyThreshold ?? 1,
    now,
    approval.expiresAt,
  );
  if (row === undefined) throw new Error("an insert returned no row");
  append(event("approval.requested", row, approval.by, { kind: approval.action.kind }));
  return { approval: recordOf(db, row), existing: false };
}

/** A refusal is returned, so that an expiry found on the way is kept. */
function decide(
  db: ConductorDatabase,
  id: string,
  given: { verdict: Verdict; by: string; now: Instant; grant: NewGrant | undefined },
  append: Append,
): ApprovalRecord | ConductorError {
  const { verdict, by, now, grant } = given;
  if (!/^human(:.|$)/.test(by)) {
    return new ConductorError("auth.refused", `${by} cannot decide an approval`, {
      hint: "a person decides: conductor approvals",
    });
  }
  const row = find(db, resolveId(db, id, ref));
  if (row.state !== "pending") return decided(row);
  if (row.expires_at <= now) {
    expire(db, row, now, append);
    return decided({ ...row, state: "expired" });
  }
  if (verdict.hash !== undefined && verdict.hash !== row.hash) return changed(row);
  const signal = verdict.verdict;
  const voted = vote(db, row, { verdict, by, now }, append);
  if (voted instanceof ConductorError) return voted;
  if (voted === undefined) return recordOf(db, row);
  const change = { reason: verdict.reason ?? null, decidedBy: voted, decidedAt: now };
  const moved = move(db, row, signal, change);
  append(event(`approval.${moved.state}`, moved, by, { reason: moved.reason }));
  if (grant !== undefined && moved.state === "approved")
    insertGrant(db, grant, { by, approvalId: row.id, now }, append);
  return recordOf(db, moved);
}

/**
 * Counts one person's word where it takes several. Returns by whom it is decided, undefined while more must
 * speak, and a refusal for the same word said twice.
 */
function vote(
  db: ConductorDatabase,
  row: ApprovalRow,
  given: { verdict: Verdict; by: string; now: Instant },
  append: Append,
): string | undefined | ConductorError {
  const { verdict: said } = given.verdict;
  const needed = said === "approve" ? row.quorum : row.deny_threshold;
  if (needed <= 1) return given.by;
  const human = given.by === "human" ? OWNER : given.by.replace(/^human:/, "");
  const before = votersOf(db, row.id, said);
  const word = said === "approve" ? "yes" : "no";
  if (before.includes(human)) {
    return new ConductorError(
      "state.conflict",
      `${human} has said ${word} to approval ${row.number} already; it waits for ${needed - before.length} more, from other people`,
      {
        hint: "each person decides with a token of their own: conductor token create --human NAME",
        data: { voters: before, needed },
      },
    );
  }
  db.run(
    "INSERT OR REPLACE INTO approval_votes (approval_id, human, verdict, reason, at) VALUES (?, ?, ?, ?, ?)",
    row.id,
    human,
    said,
    given.verdict.reason ?? null,
    given.now,
  );
  const voters = [...before, human];
  append(event("approval.voted", row, given.by, { verdict: said, voters, needed }));
  return voters.length < needed ? undefined : voters.join(", ");
}

function votersOf(db: ConductorDatabase, id: string, verdict: Verdict["verdict"]): string[] {
  const sql =
    "SELECT human FROM approval_votes WHERE approval_id = ? AND verdict = ? ORDER BY at, human";
  return db.all<{ human: string }>(sql, id, verdict).map(({ human }) => human);
}

function voteOf(db: ConductorDatabase, row: ApprovalRow): Pick<ApprovalRecord, "vote"> {
  const { quorum, deny_threshold: denyThreshold } = row;
  if (quorum <= 1 && denyThreshold <= 1) return {};
  const yes = votersOf(db, row.id, "approve");
  return { vote: { quorum, denyThreshold, yes, no: votersOf(db, row.id, "deny") } };
}

export function consume(
  db: ConductorDatabase,
  id: string,
  now: Instant,
  append: Append,
): ApprovalRecord {
  const row = find(db, id);
  const isNew = row.used_at === null && row.outcome === null;
  const usable = isNew && (row.state === "approved" || row.state === "denied");
  if (!usable || (row.state === "approved" && row.expires_at <= now)) {
    const why = row.used_at === null ? `is ${row.state}, not usable` : "was used once already";
    throw new ConductorError("state.conflict", `approval ${row.number} ${why}`);
  }
  if (!isTold(db, row)) {
    throw new ConductorError(
      "state.conflict",
      `approval ${row.number} is ${row.state}, but the journal has nobody who said so`,
      { hint: "something else than conductor wrote into the database: conductor audit verify" },
    );
  }
  const state = row.state === "approved" ? "consumed" : "denied";
  const used = db.get<ApprovalRow>(
    "UPDATE approvals SET state = ?, used_at = ? WHERE id = ? AND used_at IS NULL RETURNING *",
    state,
    now,
    id,
  );
  if (used === undefined) throw new Error(`approval ${id} vanished in its own transaction`);
  append(event("approval.consumed", used, "daemon", { verdict: row.state }));
  return recordOf(db, used);
}

/** A verdict and its event are one transaction: a row that says more than the journal was not written by us. */
function isTold(db: ConductorDatabase, row: ApprovalRow): boolean {
  const sql = `SELECT 1 FROM events
                WHERE type GLOB 'approval.*' AND subject = ? AND type = ?
                  AND json_extract(data, '$.hash') = ?`;
  return db.get(sql, row.id, `approval.${row.state}`, row.hash) !== undefined;
}

function finish(
  db: ConductorDatabase,
  id: string,
  end: { outcome: ApprovalOutcome; why: string | null },
  append: Append,
): ApprovalRecord | undefined {
  const finished = db.get<ApprovalRow>(
    `UPDATE approvals SET outcome = ?
      WHERE id = ? AND outcome IS NULL AND state IN ('consumed', 'denied') RETURNING *`,
    end.outcome,
    id,
  );
  if (finished === undefined) return undefined;
  append(event(`approval.${end.outcome}`, finished, "daemon", { why: end.why }));
  return recordOf(db, finished);
}

function expire(
  db: ConductorDatabase,
  row: ApprovalRow,
  now: Instant,
  append: Append,
): ApprovalRecord {
  const reason =
    row.state === "pending" ? "nobody answered in time" : "the yes was not used in time";
  const moved = move(db, row, "expire", { reason, decidedAt: row.decided_at ?? now });
  append(event("approval.expired", moved, "daemon", { reason }));
  return recordOf(db, moved);
}

function withdraw(
  db: ConductorDatabase,
  id: string,
  signal: "abandon" | "cancel",
  end: { reason: string; now: Instant },
  append: Append,
): ApprovalRecord | undefined {
  const row = find(db, id);
  if (nextApprovalState(row.state, signal) === undefined) return undefined;
  const moved = move(db, row, signal, { reason: end.reason, decidedAt: row.decided_at ?? end.now });
  append(event(`approval.${moved.state}`, moved, "daemon", { reason: end.reason }));
  return recordOf(db, moved);
}

function abandonAll(
  db: ConductorDatabase,
  which: string,
  values: readonly string[],
  end: { reason: string; now: Instant },
  append: Append,
): number {
  const sql = `SELECT id FROM approvals WHERE state IN ('pending', 'approved') AND ${which}`;
  const rows = db.all<{ id: string }>(sql, ...values);
  for (const { id } of rows) withdraw(db, id, "abandon", end, append);
  return rows.length;
}

function move(
  db: ConductorDatabase,
  row: ApprovalRow,
  signal: ApprovalSignal,
  change: { reason: string | null; decidedBy?: string; decidedAt: Instant },
): ApprovalRow {
  const state = nextApprovalState(row.state, signal);
  if (state === undefined) throw decided(row);
  const moved = db.get<ApprovalRow>(
    `UPDATE approvals SET state = ?, reason = ?, decided_by = ?, decided_at = ?
      WHERE id = ? AND state = ? RETURNING *`,
    state,
    change.reason,
    change.decidedBy ?? row.decided_by,
    change.decidedAt,
    row.id,
    row.state,
  );
  if (moved === undefined) throw decided(row);
  return moved;
}

function find(db: ConductorDatabase, id: string): ApprovalRow {
  const row = db.get<ApprovalRow>("SELECT * FROM approvals WHERE id = ?", id);
  if (row === undefined) throw new ConductorError("not_found", `no approval ${id}`);
  return row;
}

function list(db: ConductorDatabase, filter: ApprovalFilter): ApprovalRow[] {
  const states = filter.states === undefined ? null : JSON.stringify(filter.states);
  return db.all<ApprovalRow>(
    `SELECT * FROM approvals
      WHERE (? IS NULL OR terminal_id = ?) AND (? IS NULL OR state IN (SELECT value FROM json_each(?)))
      ORDER BY number DESC LIMIT ?`,
    filter.terminalId ?? null,
    filter.terminalId ?? null,
    states,
    states,
    filter.limit ?? 100,
  );
}

function decided(row: ApprovalRow): ConductorError {
  const by = row.decided_by === null ? "" : ` by ${row.decided_by}`;
  return new ConductorError(
    "approval.decided",
    `approval ${row.number} is ${row.state} already${by}`,
    {
      data: { state: row.state },
    },
  );
}

function changed(row: ApprovalRow): ConductorError {
  return new ConductorError(
    "approval.changed",
    `approval ${row.number} asks something else than what was shown`,
    { hint: `conductor approvals show ${row.number}`, data: { hash: row.hash } },
  );
}

function event(type: string, row: ApprovalRow, actor: string, data: Record<string, unknown>) {
  const about = { terminal: row.terminal_id, number: row.number, hash: row.hash };
  return { type, subject: row.id, actor, data: { ...about, ...data } };
}

function recordOf(db: ConductorDatabase, row: ApprovalRow): ApprovalRecord {
  return {
    id: row.id,
    number: row.number,
    terminalId: row.terminal_id,
    terminalName: row.terminal_name,
    origin: row.origin,
    action: approvalAction.parse(JSON.parse(row.action)),
    hash: row.hash,
    state: row.state,
    decidedBy: row.decided_by,
    reason: row.reason,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
    fingerprint: row.fingerprint,
    usedAt: row.used_at,
    context: row.context,
    outcome: row.outcome,
    ...voteOf(db, row),
  };
}
