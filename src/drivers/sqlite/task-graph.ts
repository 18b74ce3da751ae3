/** Dependencies between tasks: made, refused where they would close a circle, and begun anew. */
import { ConductorError } from "../../base/errors.ts";
import type { DependsOn, TaskEdge } from "../../contract/tasks.ts";
import { isOver } from "../../core/tasks/index.ts";
import type { ConductorDatabase } from "./database.ts";
import { move, settleUpstream, type TaskWork, tell, update } from "./task-moves.ts";
import { findTask, type TaskRow, wrongState } from "./task-rows.ts";

/** Adds edges of a task that counts them as open already; returns what it now depends on. */
export function insertEdges(
  { db }: TaskWork,
  task: TaskRow,
  on: readonly { readonly id: string; readonly onFailed: DependsOn["onFailed"] }[],
): void {
  for (const { id, onFailed } of on) {
    const sql = "INSERT INTO task_deps (task_id, depends_on, on_failed, open) VALUES (?, ?, ?, 1)";
    db.run(sql, task.id, id, onFailed);
  }
}

/** @throws {ConductorError} `task.cycle` */
export function refuseCycle({ db }: TaskWork, task: TaskRow): void {
  // UNION, not UNION ALL: what was seen is not walked again, so that it ends in a circle too.
  const sql = `WITH RECURSIVE upstream (id) AS (
      SELECT depends_on FROM task_deps WHERE task_id = ?
      UNION SELECT depends_on FROM task_deps JOIN upstream ON task_deps.task_id = upstream.id)
    SELECT tasks.id, title FROM upstream JOIN task_deps ON task_deps.task_id = upstream.id
      JOIN tasks ON tasks.id = upstream.id WHERE task_deps.depends_on = ? LIMIT 1`;
  const before = db.get<{ id: string; title: string }>(sql, task.id, task.id);
  if (before === undefined) return;
  throw new ConductorError(
    "task.cycle",
    before.id === task.id
      ? `"${task.title}" cannot depend on itself`
      : `"${task.title}" cannot depend on "${before.title}", which depends on it`,
    { hint: "take one of these dependencies away", data: { tasks: [task.id, before.id] } },
  );
}

export function link(work: TaskWork, id: string, on: readonly DependsOn[], by: string): TaskRow {
  const { db } = work;
  const task = findTask(db, id);
  if (task.state !== "queued" && task.state !== "blocked")
    throw wrongState(task, "be given dependencies: somebody has begun it");
  const before = new Set(edgesOf(db, task.id).map(({ task: parent }) => parent));
  const parents = on.map(({ task: ref, onFailed }) => ({ id: findTask(db, ref).id, onFailed }));
  const fresh = uniqueById(parents).filter((parent) => !before.has(parent.id));
  insertEdges(work, task, fresh);
  refuseCycle(work, task);
  if (fresh.length === 0) return task;
  const open_deps = task.open_deps + fresh.length;
  const blocked =
    task.state === "queued"
      ? move(work, task, "block", { columns: { open_deps }, by })
      : update(work, task, { open_deps });
  tell(work, blocked, "linked", { on: fresh.map((parent) => parent.id) }, by);
  settleUpstream(work, blocked);
  return findTask(db, task.id);
}

export function uniqueById<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

/** Begins a task anew, and with it what was given up because of it. */
export function retry(work: TaskWork, id: string, by: string): TaskRow {
  const task = findTask(work.db, id);
  if (!isOver(task.state) || task.state === "done") throw wrongState(task, "be tried again");
  const bad = edgesOf(work.db, task.id).find(
    ({ state, onFailed }) => isOver(state) && state !== "done" && onFailed !== "run",
  );
  if (bad !== undefined)
    throw new ConductorError(
      "task.wrong_state",
      `task ${task.id} depends on ${bad.task}, which is ${bad.state}`,
      { hint: `conductor task retry ${bad.task} brings this one back too` },
    );
  const again = [task];
  for (let next = again.shift(); next !== undefined; next = again.shift()) {
    reopen(work, next, by);
    again.push(...givenUpFor(work.db, next.id));
  }
  return findTask(work.db, task.id);
}

function reopen(work: TaskWork, task: TaskRow, by: string): void {
  const { db, now } = work;
  const open_deps = db.run("UPDATE task_deps SET open = 1 WHERE task_id = ?", task.id);
  const anew = { attempt: 0, error: null, reason: null, progress: null, run_at: now, open_deps };
  const reopened = move(work, task, open_deps > 0 ? "block" : "retry", { columns: anew, by });
  settleUpstream(work, reopened);
}

function givenUpFor(db: ConductorDatabase, parent: string): TaskRow[] {
  return db.all<TaskRow>(
    `SELECT tasks.* FROM task_deps JOIN tasks ON tasks.id = task_deps.task_id
      WHERE depends_on = ? AND tasks.state IN ('cancelled', 'failed')
        AND json_extract(tasks.error, '$.upstream') = ?`,
    parent,
    parent,
  );
}

interface EdgeRow {
  readonly task: string;
  readonly title: string;
  readonly state: TaskEdge["state"];
  readonly onFailed: TaskEdge["onFailed"];
  readonly open: number;
}

const columns = "tasks.id AS task, title, state, on_failed AS onFailed, open";

/** What the task depends on. */
export function edgesOf(db: ConductorDatabase, id: string): TaskEdge[] {
  const sql = `SELECT ${columns} FROM task_deps JOIN tasks ON tasks.id = depends_on
                WHERE task_id = ? ORDER BY tasks.seq`;
  return db.all<EdgeRow>(sql, id).map(edge);
}

/** What depends on the task. */
export function edgesTo(db: ConductorDatabase, id: string): TaskEdge[] {
  const sql = `SELECT ${columns} FROM task_deps JOIN tasks ON tasks.id = task_id
                WHERE depends_on = ? ORDER BY tasks.seq`;
  return db.all<EdgeRow>(sql, id).map(edge);
}

function edge({ open, ...row }: EdgeRow): TaskEdge {
  return { ...row, isOpen: open === 1 };
}
