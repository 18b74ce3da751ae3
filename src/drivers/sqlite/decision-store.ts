import { ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import { type DecisionView, decisionView } from "../../contract/decisions.ts";
import type { DecisionFilter, DecisionStore, NewDecision } from "../../core/policy/index.ts";
import { consume, request } from "./approval-store.ts";
import type { Append, ConductorDatabase } from "./database.ts";

const MADE = "decision.made";
const EXITED = "decision.exited";
/** Said in the words of the indexes, which are of these events alone. */
const DECISION = "type GLOB 'decision.*'";

interface MadeRow {
  readonly subject: string;
  readonly time: number;
  readonly data: string;
}

/** The journal is the store: a decision is the event that tells of it. */
export function createDecisionStore(db: ConductorDatabase, now: () => number): DecisionStore {
  return {
    record: (decision, approvalId: string | null = null) =>
      db.writeTogether(
        (append) => {
          const made = view(decision, approvalId, now());
          append(eventOf(made));
          return made;
        },
        decision.effect === "allow" ? "recorded" : "durable",
      ),
    ask: async (decision, approval, at) =>
      db.write((append) => {
        const asked = request(db, approval, at, append);
        const made = view(decision, asked.approval.id, at);
        append(eventOf(made));
        return { decision: made, approvalId: asked.approval.id };
      }),
    use: async (decision, approvalId, at) =>
      db.write((append) => {
        consume(db, approvalId, at, append);
        const made = view(decision, approvalId, at);
        append(eventOf(made));
        return made;
      }),
    exited: async (id, terminalId, code) =>
      db.write((append) => exited(db, { id, terminalId, code }, append)),
    list: async (filter) => list(db, filter),
    get: async (ref) => {
      const sql = `SELECT subject, time, data FROM events
                    WHERE ${DECISION} AND type = '${MADE}' AND subject GLOB ? || '*' ORDER BY seq DESC LIMIT 1`;
      const row = /^\w+$/.test(ref) ? db.get<MadeRow>(sql, ref) : undefined;
      if (row !== undefined) return viewOf(db, row);
      throw new ConductorError("not_found", `no decision is called ${ref}`, {
        hint: "`conductor decisions` lists them",
      });
    },
  };
}

function view(decision: NewDecision, approvalId: string | null, time: number): DecisionView {
  return { id: newId("dec", time), time, ...decision, approvalId, exit: null };
}

/** A record never changes: how its command ended is one of its own, which names it. */
function exited(
  db: ConductorDatabase,
  { id, terminalId, code }: { id: string; terminalId: string; code: number | null },
  append: Append,
): void {
  const sql = `SELECT subject FROM events
                WHERE ${DECISION} AND subject = ? AND type = '${MADE}' AND json_extract(data, '$.terminalId') = ?`;
  if (db.get(sql, id, terminalId) === undefined)
    throw new ConductorError("not_found", `no decision on this terminal is called ${id}`);
  if (exitOf(db, id) !== null)
    throw new ConductorError("state.conflict", `how ${id} ended is known already`);
  append({ type: EXITED, subject: id, actor: `agent:${terminalId}`, data: { terminalId, code } });
}

function exitOf(db: ConductorDatabase, id: string): DecisionView["exit"] {
  const sql = `SELECT json_extract(data, '$.code') AS code, time FROM events
                WHERE ${DECISION} AND subject = ? AND type = '${EXITED}'`;
  return db.get<NonNullable<DecisionView["exit"]>>(sql, id) ?? null;
}

function eventOf({ id, time: _time, exit: _exit, ...data }: DecisionView) {
  const actor = data.terminalId === null ? "daemon" : `agent:${data.terminalId}`;
  return { type: MADE, subject: id, actor, data };
}

function viewOf(db: ConductorDatabase, row: MadeRow): DecisionView {
  const data: unknown = JSON.parse(row.data);
  const held = typeof data === "object" && data !== null ? data : {};
  const exit = exitOf(db, row.subject);
  return decisionView.parse({ ...held, id: row.subject, time: row.time, exit });
}

function list(db: ConductorDatabase, filter: DecisionFilter): DecisionView[] {
  const sql = `SELECT subject, time, data FROM events
                WHERE ${DECISION} AND type = '${MADE}' AND time >= ?
                  AND (? IS NULL OR json_extract(data, '$.terminalId') = ?)
                  AND (? IS NULL OR json_extract(data, '$.effect') = ?)
                ORDER BY seq DESC LIMIT ?`;
  const terminal = filter.terminalId ?? null;
  const effect = filter.effect ?? null;
  const limit = filter.limit ?? 100;
  return db
    .all<MadeRow>(sql, filter.since ?? 0, terminal, terminal, effect, effect, limit)
    .map((row) => viewOf(db, row));
}
