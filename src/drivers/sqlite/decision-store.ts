import { ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import { type DecisionView, decisionView } from "../../contract/decisions.ts";
import type { DecisionFilter, DecisionStore, NewDecision } from "../../core/policy/index.ts";
import { request } from "./approval-store.ts";
import type { ConductorDatabase } from "./database.ts";

const MADE = "decision.made";

interface MadeRow {
  readonly subject: string;
  readonly time: number;
  readonly data: string;
}

/** The journal is the store: a decision is the event that tells of it. */
export function createDecisionStore(db: ConductorDatabase, now: () => number): DecisionStore {
  return {
    record: (decision) =>
      db.writeTogether(
        (append) => {
          const made = view(decision, null, now());
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
    list: async (filter) => list(db, filter),
    get: async (ref) => {
      const sql = `SELECT subject, time, data FROM events
                    WHERE type = '${MADE}' AND subject GLOB ? || '*' ORDER BY seq DESC LIMIT 1`;
      const row = /^\w+$/.test(ref) ? db.get<MadeRow>(sql, ref) : undefined;
      if (row !== undefined) return viewOf(row);
      throw new ConductorError("not_found", `no decision is called ${ref}`, {
        hint: "`conductor decisions` lists them",
      });
    },
  };
}

function view(decision: NewDecision, approvalId: string | null, time: number): DecisionView {
  return { id: newId("dec", time), time, ...decision, approvalId };
}

function eventOf({ id, time: _time, ...data }: DecisionView) {
  const actor = data.terminalId === null ? "daemon" : `agent:${data.terminalId}`;
  return { type: MADE, subject: id, actor, data };
}

function viewOf(row: MadeRow): DecisionView {
  const data: unknown = JSON.parse(row.data);
  const held = typeof data === "object" && data !== null ? data : {};
  return decisionView.parse({ ...held, id: row.subject, time: row.time });
}

function list(db: ConductorDatabase, filter: DecisionFilter): DecisionView[] {
  const sql = `SELECT subject, time, data FROM events
                WHERE type = '${MADE}' AND time >= ?
                  AND (? IS NULL OR json_extract(data, '$.terminalId') = ?)
                  AND (? IS NULL OR json_extract(data, '$.effect') = ?)
                ORDER BY seq DESC LIMIT ?`;
  const terminal = filter.terminalId ?? null;
  const effect = filter.effect ?? null;
  const limit = filter.limit ?? 100;
  return db
    .all<MadeRow>(sql, filter.since ?? 0, terminal, terminal, effect, effect, limit)
    .map(viewOf);
}
