import { ConductorError } from "../../base/errors.ts";
import { newId } from "../../base/ids.ts";
import type { NewTask } from "../../contract/tasks.ts";
import { admitTask, contentHash, laneText } from "../../core/tasks/index.ts";
import type { ConductorDatabase } from "./database.ts";
import { insertEdges, refuseCycle, uniqueById } from "./task-graph.ts";
import { placeOf, settleUpstream, type TaskWork, tell, update } from "./task-moves.ts";
import { changed, findTask, type TaskRow } from "./task-rows.ts";

export interface Taken {
  readonly row: TaskRow;
  readonly existing: boolean;
}

/** All of them or none; they may depend on each other by their `ref`, in any order. */
export function enqueue(work: TaskWork, tasks: readonly NewTask[], by: string): Taken[] {
  const refs = new Map<string, string>();
  const taken = tasks.map((asked) => {
    const one = takeIn(work, asked, by);
    if (asked.ref !== null) refs.set(asked.ref, one.row.id);
    return { ...one, asked };
  });
  const blocked = taken.filter(({ row, existing }) => !existing && row.state === "blocked");
  if (blocked.length === 0) return taken;
  for (const { row, asked } of blocked) {
    const parents = parentsOf(work.db, asked, refs);
    insertEdges(work, row, parents);
    if (parents.length < row.open_deps) update(work, row, { open_deps: parents.length });
  }
  // What depends only on tasks that were there before, or stand further up, closes no circle.
  const places = new Map(tasks.flatMap(({ ref }, place) => (ref === null ? [] : [[ref, place]])));
  for (const [place, { row, asked }] of taken.entries())
    if (asked.dependsOn.some(({ task }) => (places.get(task) ?? -1) >= place))
      refuseCycle(work, row);
  for (const { row } of blocked) settleUpstream(work, row);
  return taken.map(({ row, existing }) => ({ existing, row: findTask(work.db, row.id) }));
}

function takeIn(work: TaskWork, asked: NewTask, by: string): Taken {
  const task = admitTask(asked);
  const hash = contentHash(task);
  const known = findByKey(work.db, task, hash);
  if (known !== undefined) return { row: known, existing: true };
  const row = insert(work, task, { hash, by });
  tell(work, row, "created", { type: row.type, priority: row.priority }, by);
  return { row, existing: false };
}

function findByKey(db: ConductorDatabase, task: NewTask, hash: string): TaskRow | undefined {
  if (task.key === null) return undefined;
  const sql = "SELECT * FROM tasks WHERE queue = ? AND key = ?";
  const row = db.get<TaskRow>(sql, task.queue, task.key);
  if (row === undefined || row.content_hash === hash) return row;
  throw new ConductorError(
    "state.conflict",
    `the key ${task.key} was used for another task (${row.id})`,
    { hint: "new work needs a new key", data: { task: row.id } },
  );
}

function insert(
  { db, now }: TaskWork,
  task: NewTask,
  { hash, by }: { readonly hash: string; readonly by: string },
): TaskRow {
  const { run_at, rank, due } = placeOf(task.runAt ?? now, task, now);
  return changed(
    db.get<TaskRow>(
      `INSERT INTO tasks (id, queue, lane, group_key, type, title, prompt, state, priority, run_at, rank, due,
         max_attempts, lease_ms, key, content_hash, payload, execution, project, locks, open_deps,
         created_by, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
      newId("task", now),
      task.queue,
      laneText(task),
      task.group?.key ?? null,
      task.type,
      task.title,
      task.prompt,
      task.dependsOn.length > 0 ? "blocked" : "queued",
      task.priority,
      run_at,
      rank,
      due,
      task.maxAttempts,
      task.leaseMs,
      task.key,
      hash,
      JSON.stringify(task.payload),
      JSON.stringify(task.execution),
      task.project,
      task.locks.length > 0 ? JSON.stringify(task.locks) : null,
      task.dependsOn.length,
      by,
      now,
      now,
    ),
  );
}

function parentsOf(db: ConductorDatabase, task: NewTask, refs: ReadonlyMap<string, string>) {
  return uniqueById(
    task.dependsOn.map(({ task: ref, onFailed }) => ({
      id: refs.get(ref) ?? findTask(db, ref).id,
      onFailed,
    })),
  );
}
