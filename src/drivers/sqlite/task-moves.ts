/** The one way in which a task changes its state, and what follows for those that depend on it. */
import type { Instant } from "../../base/clock.ts";
import type { OnFailed, TaskError } from "../../contract/tasks.ts";
import { isHeld, isOver, nextTaskState, rankOf, type TaskSignal } from "../../core/tasks/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";
import { type TaskRow, wrongState } from "./task-rows.ts";

/** One unit of work: everything in it commits together. */
export interface TaskWork {
  readonly db: ConductorDatabase;
  readonly append: Append;
  readonly now: Instant;
}

type Columns = Partial<Omit<TaskRow, "seq" | "id" | "state" | "rank" | "due" | "updated_at">>;

export interface Move {
  readonly columns?: Columns;
  /** Further facts for the event. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Default: who holds the task, else the daemon. */
  readonly by?: string;
}

const VERBS: Readonly<Record<TaskSignal, string>> = {
  unblock: "unblocked",
  block: "blocked",
  claim: "claimed",
  start: "started",
  requeue: "requeued",
  wait: "waited",
  resume: "resumed",
  complete: "completed",
  fail: "failed",
  bury: "buried",
  cancel: "cancelled",
  retry: "retried",
};

/** @throws {ConductorError} `task.wrong_state` */
export function move(work: TaskWork, row: TaskRow, signal: TaskSignal, how: Move = {}): TaskRow {
  const moved = moveOne(work, row, signal, how);
  if (isOver(moved.state)) settleDownstream(work, moved);
  return moved;
}

function moveOne(work: TaskWork, row: TaskRow, signal: TaskSignal, how: Move): TaskRow {
  const state = nextTaskState(row.state, signal);
  if (state === undefined) throw wrongState(row, `be ${VERBS[signal]}`);
  const isFreed = isHeld(row.state) && !isHeld(state);
  const moved = update(work, row, {
    ...how.columns,
    state,
    ...(state === "queued" ? placeOf(how.columns?.run_at ?? row.run_at, row, work.now) : {}),
    ...(isHeld(state) ? {} : { lease_owner: null, lease_until: null }),
    ...(state === "queued" || state === "blocked" ? { terminal_id: null, agent_id: null } : {}),
    finished_at: isOver(state) ? work.now : null,
  });
  if (isFreed) work.db.run("DELETE FROM task_locks WHERE task_id = ?", row.id);
  tell(work, moved, VERBS[signal], how.data, how.by ?? row.lease_owner ?? "daemon");
  return moved;
}

export function update(
  { db, now }: TaskWork,
  row: TaskRow,
  columns: Partial<Omit<TaskRow, "seq" | "id">>,
): TaskRow {
  const written = { ...columns, updated_at: now };
  const names = Object.keys(written).map((name) => `${name} = ?`);
  // What is written is known: to have the row returned takes half as long again.
  const sql = `UPDATE tasks SET ${names.join(", ")} WHERE seq = ?`;
  if (db.run(sql, ...Object.values(written), row.seq) !== 1)
    throw new Error(`task ${row.id} vanished in its own transaction`);
  return { ...row, ...written };
}

export function placeOf(
  runAt: Instant,
  { priority }: { readonly priority: number },
  now: Instant,
): { run_at: Instant; rank: number; due: number } {
  return { run_at: runAt, rank: rankOf(priority, runAt), due: Number(runAt <= now) };
}

export function tell(
  { append }: TaskWork,
  row: TaskRow,
  verb: string,
  data: Readonly<Record<string, unknown>> = {},
  actor = row.lease_owner ?? "daemon",
): void {
  const { title, queue, state, attempt, fence } = row;
  const about = { title, queue, state, attempt, fence, ...data };
  append({ type: `task.${verb}`, subject: row.id, actor, data: about });
}

/** What depends on a task that is over goes on, or is over too; and so on downwards, however deep. */
function settleDownstream(work: TaskWork, first: TaskRow): void {
  const over = [first];
  for (let parent = over.shift(); parent !== undefined; parent = over.shift()) {
    const edges = work.db.all<Edge>(
      "SELECT task_id, on_failed FROM task_deps WHERE depends_on = ? AND open = 1",
      parent.id,
    );
    for (const edge of edges) {
      const child = settleEdge(work, edge, parent);
      if (child !== undefined && isOver(child.state)) over.push(child);
    }
  }
}

export interface Edge {
  readonly task_id: string;
  readonly on_failed: OnFailed;
}

/** Undefined where the later task waits for nothing any more. */
function settleEdge(work: TaskWork, edge: Edge, parent: TaskRow): TaskRow | undefined {
  const { db } = work;
  const child = db.get<TaskRow>(
    "SELECT * FROM tasks WHERE id = ? AND state = 'blocked'",
    edge.task_id,
  );
  if (child === undefined) return undefined;
  if (parent.state === "done" || edge.on_failed === "run") {
    const sql = "UPDATE task_deps SET open = 0 WHERE task_id = ? AND depends_on = ?";
    db.run(sql, child.id, parent.id);
    const open_deps = child.open_deps - 1;
    if (open_deps > 0) return update(work, child, { open_deps });
    return moveOne(work, child, "unblock", { columns: { open_deps }, data: { by: parent.id } });
  }
  const reason = `${parent.id}, which it depends on, is ${parent.state}`;
  const error: TaskError = {
    class: "permanent",
    code: "upstream_failed",
    message: reason,
    upstream: parent.id,
  };
  return moveOne(work, child, edge.on_failed === "skip" ? "cancel" : "fail", {
    columns: { reason, error: JSON.stringify(error) },
    data: { reason, upstream: parent.id },
    by: "daemon",
  });
}

/** Settles at once the dependencies of a blocked task that are over already. */
export function settleUpstream(work: TaskWork, child: TaskRow): void {
  const over = work.db.all<TaskRow & Edge>(
    `SELECT tasks.*, task_deps.task_id, task_deps.on_failed FROM task_deps
       JOIN tasks ON tasks.id = task_deps.depends_on
      WHERE task_deps.task_id = ? AND task_deps.open = 1 AND tasks.finished_at IS NOT NULL`,
    child.id,
  );
  for (const { task_id, on_failed, ...parent } of over) {
    const settled = settleEdge(work, { task_id, on_failed }, parent);
    if (settled !== undefined && isOver(settled.state)) settleDownstream(work, settled);
  }
}
