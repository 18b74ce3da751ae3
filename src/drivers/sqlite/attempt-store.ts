import { ConductorError } from "../../base/errors.ts";
import { routing } from "../../contract/agents.ts";
import {
  type AttemptState,
  type AttemptView,
  attemptEnd,
  attemptReport,
  attemptView,
  checkRun,
} from "../../contract/execution.ts";
import {
  type AttemptMove,
  type AttemptOutcome,
  type AttemptStore,
  type Collected,
  isAttemptOver,
  type Lease,
  type NewAttempt,
  nextAttemptState,
} from "../../core/tasks/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";
import { claimOne } from "./task-claim.ts";
import { type TaskWork, tell as tellTask } from "./task-moves.ts";
import { type ChanceWork, completeTask, failTask, startTask } from "./task-outcome.ts";
import { leasedTask, type TaskRow } from "./task-rows.ts";

interface AttemptRow {
  readonly task_id: string;
  readonly fence: number;
  readonly attempt: number;
  readonly state: AttemptState;
  readonly agent_id: string;
  readonly terminal_id: string;
  readonly origin: string;
  readonly routing: string;
  readonly folder: string | null;
  readonly worktree: string | null;
  readonly base: string | null;
  readonly report: string | null;
  readonly ended: string | null;
  readonly checked: string | null;
  readonly reason: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly released_at: number | null;
}

/** @param random  where backoffs get their chance from */
export function createAttemptStore(
  db: ConductorDatabase,
  random: () => number = Math.random,
): AttemptStore {
  const find = ({ id, fence }: Lease): AttemptRow | undefined =>
    db.get<AttemptRow>("SELECT * FROM task_attempts WHERE task_id = ? AND fence = ?", id, fence);
  return {
    claim: (asked, now) => db.writeTogether((append) => claim({ db, append, now }, asked)),
    move: (lease, move, now) =>
      db.writeTogether(
        (append) => moved({ db, append, now }, find(lease), { lease, move }),
        // With the machine its agent is gone too, and the step is made again; its outcome is held by `settle`.
        "recorded",
      ),
    settle: (lease, outcome, collected, now) =>
      db.writeTogether((append) => {
        const work = { db, append, now, random };
        const row = find(lease);
        const after = moved(work, row, { lease, move: { signal: "settle" } });
        settleTask(work, lease, { outcome, collected });
        return after;
      }),
    report: (lease, report, now) =>
      db.writeTogether((append) => {
        const row = find(lease);
        if (row === undefined || isAttemptOver(row.state) || row.ended !== null) return undefined;
        tell(append, row, "reported", { failed: report.failure !== null });
        return update(db, row, { report: JSON.stringify(report), updated_at: now });
      }),
    release: (lease, now) =>
      db.writeTogether((append) => {
        const row = find(lease);
        if (row === undefined || row.released_at !== null) return;
        tell(append, row, "freed", { terminal: row.terminal_id });
        update(db, row, { released_at: now, updated_at: now });
      }),
    get: async (lease) => {
      const row = find(lease);
      return row && viewOf(row);
    },
    of: async (taskId) =>
      db
        .all<AttemptRow>("SELECT * FROM task_attempts WHERE task_id = ? ORDER BY seq DESC", taskId)
        .map(viewOf),
    open: async () =>
      db
        .all<AttemptRow>("SELECT * FROM task_attempts WHERE released_at IS NULL ORDER BY seq")
        .map(viewOf),
    load: async () => {
      const sql = `SELECT agent_id AS id, count(*) AS n FROM task_attempts
                    WHERE released_at IS NULL GROUP BY agent_id`;
      return new Map(db.all<{ id: string; n: number }>(sql).map(({ id, n }) => [id, n]));
    },
    idle: async () =>
      db
        .all<{ id: string }>(
          `SELECT terminal_id AS id FROM task_attempts JOIN terminals ON terminals.id = terminal_id
            WHERE terminals.live = 1 AND NOT EXISTS
              (SELECT 1 FROM task_attempts held WHERE held.terminal_id = terminals.id AND held.released_at IS NULL)
            GROUP BY terminal_id ORDER BY max(seq) DESC`,
        )
        .map(({ id }) => id),
  };
}

function claim(work: TaskWork, asked: NewAttempt): AttemptView {
  const { owner, agentId, places, routing: picked } = asked;
  const task = claimOne(work, asked.taskId, { owner, terminalId: null, agentId });
  for (const place of places) {
    const row = begin(work, { ...asked, task, place });
    if (row === undefined) continue;
    tell(work.append, row, "routed", { agent: agentId, origin: place.origin, ...picked });
    return viewOf(row);
  }
  throw new ConductorError("state.conflict", `no terminal is free for an attempt at ${task.id}`);
}

interface Begun extends Pick<NewAttempt, "agentId" | "routing" | "worktree"> {
  readonly task: TaskRow;
  readonly place: NewAttempt["places"][number];
}

/** Undefined where another attempt holds that terminal. */
function begin(
  { db, now }: TaskWork,
  { task, place, agentId, routing: picked, worktree }: Begun,
): AttemptRow | undefined {
  return db.get<AttemptRow>(
    `INSERT INTO task_attempts (task_id, fence, attempt, state, agent_id, terminal_id, origin, routing, worktree,
                           created_at, updated_at)
     VALUES (?, ?, ?, 'routed', ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING *`,
    task.id,
    task.fence,
    task.attempt,
    agentId,
    place.terminalId,
    place.origin,
    JSON.stringify(picked),
    worktree,
    now,
    now,
  );
}

function moved(
  work: TaskWork,
  row: AttemptRow | undefined,
  { lease, move }: { readonly lease: Lease; readonly move: AttemptMove },
): AttemptView {
  const state = row && nextAttemptState(row.state, move.signal);
  if (row === undefined || state === undefined) throw wrong(lease, move, row);
  const { agent_id: agentId, terminal_id: terminalId } = row;
  if (move.signal === "prompt") startTask(work, lease, { terminalId, agentId });
  const after = update(work.db, row, { ...columnsOf(move), state, updated_at: work.now });
  const verb = VERBS[move.signal];
  if (verb !== undefined) tell(work.append, row, verb, dataOf(move));
  return after;
}

function settleTask(
  work: ChanceWork,
  lease: Lease,
  told: { readonly outcome: AttemptOutcome; readonly collected: Collected },
): void {
  const { outcome, collected } = told;
  const { evidence, ms } = collected;
  const kinds = evidence.map(({ kind }) => kind);
  tellTask(work, leasedTask(work.db, lease), "evidenced", { kinds, ms });
  if (outcome.kind === "done") {
    completeTask(work, lease, { result: outcome.result, evidence });
    return;
  }
  const { retryAt, ...failure } = outcome.failure;
  failTask(work, lease, { ...failure, retryAt: retryAt ?? undefined }, evidence);
}

/** The other steps tell of themselves by the task's own events. */
const VERBS: Partial<Record<AttemptMove["signal"], string>> = {
  open: "opened",
  prompt: "prompted",
  end: "ended",
  check: "checked",
  lose: "lost",
};

function columnsOf(move: AttemptMove): Partial<AttemptRow> {
  switch (move.signal) {
    case "open":
      return { folder: move.folder, base: move.base };
    case "end":
      return { ended: JSON.stringify(move.end) };
    case "check":
      return { checked: JSON.stringify(move.check) };
    case "lose":
      return { reason: move.reason };
    case "prompt":
    case "settle":
      return {};
    default:
      return move satisfies never;
  }
}

function dataOf(move: AttemptMove): Readonly<Record<string, unknown>> {
  switch (move.signal) {
    case "open":
      return { folder: move.folder, base: move.base };
    case "end":
      return { turn: move.end.turnId, failure: move.end.failure };
    case "check": {
      const { outcome, exitCode, ms, blob } = move.check;
      return { outcome, exitCode, ms, blob };
    }
    case "lose":
      return { reason: move.reason };
    case "prompt":
    case "settle":
      return {};
    default:
      return move satisfies never;
  }
}

function update(
  db: ConductorDatabase,
  { task_id, fence }: AttemptRow,
  columns: Partial<AttemptRow>,
): AttemptView {
  const entries = Object.entries(columns);
  const sql = `UPDATE task_attempts SET ${entries.map(([name]) => `${name} = ?`).join(", ")}
                WHERE task_id = ? AND fence = ? RETURNING *`;
  const row = db.get<AttemptRow>(sql, ...entries.map(([, value]) => value), task_id, fence);
  if (row === undefined) throw new Error("a statement returned no row");
  return viewOf(row);
}

function tell(
  append: Append,
  { task_id, fence, attempt, terminal_id }: AttemptRow,
  verb: string,
  data: Readonly<Record<string, unknown>>,
): void {
  const about = { attempt, fence, terminal: terminal_id, ...data };
  append({ type: `task.${verb}`, subject: task_id, actor: "daemon", data: about });
}

function viewOf(row: AttemptRow): AttemptView {
  return {
    taskId: row.task_id,
    attempt: row.attempt,
    fence: row.fence,
    state: row.state,
    agentId: row.agent_id,
    terminalId: row.terminal_id,
    origin: attemptView.shape.origin.parse(row.origin),
    routing: routing.parse(JSON.parse(row.routing)),
    folder: row.folder,
    worktree: row.worktree,
    base: row.base,
    report: attemptReport.nullable().parse(JSON.parse(row.report ?? "null")),
    end: attemptEnd.nullable().parse(JSON.parse(row.ended ?? "null")),
    check: checkRun.nullable().parse(JSON.parse(row.checked ?? "null")),
    reason: row.reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    releasedAt: row.released_at,
  };
}

function wrong(
  { id, fence }: Lease,
  { signal }: AttemptMove,
  row: AttemptRow | undefined,
): ConductorError {
  const state = row?.state ?? "not there";
  return new ConductorError(
    "state.conflict",
    `the attempt ${fence} at ${id} is ${state}: it cannot ${signal}`,
  );
}
