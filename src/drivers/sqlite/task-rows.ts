import { z } from "zod";
import { ConductorError } from "../../base/errors.ts";
import {
  evidence,
  execution,
  type TaskState,
  taskError,
  taskLock,
  taskProgress,
  taskView,
} from "../../contract/tasks.ts";
import {
  isOver,
  type Lease,
  readLane,
  type TaskFilter,
  type TaskRecord,
} from "../../core/tasks/index.ts";
import type { ConductorDatabase } from "./database.ts";
import { resolveId } from "./refs.ts";

export interface TaskRow {
  readonly seq: number;
  readonly id: string;
  readonly queue: string;
  readonly lane: string;
  readonly group_key: string | null;
  readonly type: string;
  readonly title: string;
  readonly prompt: string | null;
  readonly state: TaskState;
  readonly priority: number;
  readonly run_at: number;
  readonly rank: number;
  readonly due: number;
  readonly attempt: number;
  readonly max_attempts: number;
  readonly lease_ms: number;
  readonly key: string | null;
  readonly content_hash: string;
  readonly payload: string;
  readonly execution: string;
  readonly project: string | null;
  readonly locks: string | null;
  readonly open_deps: number;
  readonly result: string | null;
  readonly error: string | null;
  readonly evidence: string;
  readonly progress: string | null;
  readonly reason: string | null;
  readonly fence: number;
  readonly lease_owner: string | null;
  readonly lease_until: number | null;
  readonly terminal_id: string | null;
  readonly agent_id: string | null;
  readonly created_by: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly started_at: number | null;
  readonly finished_at: number | null;
}

export const locksColumn = z.array(taskLock);
export const evidenceColumn = z.array(evidence);
const factsColumn = z.record(z.string(), z.unknown());

export function recordOf(row: TaskRow): TaskRecord {
  return {
    seq: row.seq,
    id: row.id,
    queue: row.queue,
    ...readLane(row.lane),
    type: taskView.shape.type.parse(row.type),
    title: row.title,
    prompt: row.prompt,
    state: row.state,
    priority: row.priority,
    runAt: row.run_at,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    leaseMs: row.lease_ms,
    key: row.key,
    payload: factsColumn.parse(JSON.parse(row.payload)),
    execution: execution.parse(JSON.parse(row.execution)),
    project: row.project,
    locks: locksColumn.parse(JSON.parse(row.locks ?? "[]")),
    openDependencies: row.open_deps,
    result: factsColumn.nullable().parse(JSON.parse(row.result ?? "null")),
    error: taskError.nullable().parse(JSON.parse(row.error ?? "null")),
    evidence: evidenceColumn.parse(JSON.parse(row.evidence)),
    progress: taskProgress.nullable().parse(JSON.parse(row.progress ?? "null")),
    reason: row.reason,
    fence: row.fence,
    lease:
      row.lease_owner === null || row.lease_until === null
        ? null
        : { owner: row.lease_owner, until: row.lease_until },
    terminalId: row.terminal_id,
    agentId: row.agent_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/** By id or a unique beginning of it. @throws {ConductorError} `not_found`, `name.ambiguous` */
export function findTask(db: ConductorDatabase, ref: string): TaskRow {
  const sql = "SELECT * FROM tasks WHERE id = ?";
  const row =
    db.get<TaskRow>(sql, ref) ??
    db.get<TaskRow>(
      sql,
      resolveId(db, ref, { table: "tasks", what: "task", prefix: "task_" } as const),
    );
  return changed(row);
}

/** The task, as long as the lease is good. @throws {ConductorError} `task.lease_lost` */
export function leasedTask(db: ConductorDatabase, lease: Lease): TaskRow {
  return leased(db, findTask(db, lease.id), lease);
}

/** The same of one that was put by as well: its fence goes on to hold. */
export function ownedTask(db: ConductorDatabase, lease: Lease): TaskRow {
  return owned(db, findTask(db, lease.id), lease);
}

export function owned(db: ConductorDatabase, row: TaskRow, lease: Lease): TaskRow {
  return row.state === "waiting" && row.fence === lease.fence ? row : leased(db, row, lease);
}

function leased(db: ConductorDatabase, row: TaskRow, { fence }: Lease): TaskRow {
  if (row.fence === fence && row.lease_until !== null) return row;
  throw row.fence === fence && isOver(row.state) ? leaseOver(db, row) : leaseLost(row, fence);
}

/** Nobody else has it: it ended under this very lease. */
function leaseOver(db: ConductorDatabase, { id, state, fence }: TaskRow): ConductorError {
  const sql = "SELECT actor FROM events WHERE subject = ? AND type = ? ORDER BY seq DESC LIMIT 1";
  const by = db.get<{ actor: string }>(sql, id, `task.${ENDED[state] ?? state}`)?.actor ?? null;
  const about = by === null ? "" : `, by ${by}`;
  return new ConductorError("task.lease_lost", `task ${id} is ${state} already${about}`, {
    hint: `nothing is left to do for it (conductor task show ${id}); claim a task for new work`,
    data: { task: id, state, fence, by },
  });
}

/** What the event of a task's end is called, where that is not its state. */
const ENDED: Partial<Record<TaskState, string>> = { done: "completed", dead: "buried" };

function leaseLost(row: TaskRow, fence: number): ConductorError {
  const holder = row.lease_owner === null ? "" : `, held by ${row.lease_owner}`;
  return new ConductorError(
    "task.lease_lost",
    `the lease ${fence} of task ${row.id} is lost: the task is ${row.state}${holder}`,
    {
      hint: "stop working on it and throw the result away; claim a task again for new work",
      data: { task: row.id, state: row.state, fence: row.fence },
    },
  );
}

export function wrongState(row: TaskRow, wanted: string): ConductorError {
  const why = row.reason === null ? "" : ` (${row.reason})`;
  return new ConductorError(
    "task.wrong_state",
    `task ${row.id} is ${row.state}${why}: it cannot ${wanted}`,
    { hint: `conductor task show ${row.id}`, data: { task: row.id, state: row.state } },
  );
}

/** Newest first. */
export function listTasks(db: ConductorDatabase, filter: TaskFilter): TaskRow[] {
  const { states, terminalId, limit = 100 } = filter;
  if (states === undefined || terminalId !== undefined) return select(db, filter, undefined);
  // The rows of one state stand in order in their index; of several a query would read all of them, or all tasks.
  const found = states.flatMap((state) => select(db, filter, state));
  return found.toSorted((one, other) => other.seq - one.seq).slice(0, limit);
}

function select(db: ConductorDatabase, filter: TaskFilter, only: TaskState | undefined): TaskRow[] {
  const { states, queue, label, type, group, terminalId, before } = filter;
  const wheres: string[] = [];
  const values: (string | number)[] = [];
  const where = (sql: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    wheres.push(sql);
    values.push(value);
  };
  if (only !== undefined) where("state = ?", only);
  else where("+state IN (SELECT value FROM json_each(?))", states && JSON.stringify(states));
  where("+queue = ?", queue);
  where("? IN (SELECT value FROM json_each(lane, '$.labels'))", label);
  where("type = ?", type);
  where("+group_key = ?", group);
  where("terminal_id = ?", terminalId);
  where("seq < ?", before);
  const condition = wheres.length === 0 ? "" : `WHERE ${wheres.join(" AND ")}`;
  const sql = `SELECT * FROM tasks ${condition} ORDER BY seq DESC LIMIT ?`;
  return db.all<TaskRow>(sql, ...values, filter.limit ?? 100);
}

export function changed<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error("a statement returned no row");
  return row;
}
