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

/** A task with all of its row that can be made before the transaction, in which nothing else can be done. */
export interface ReadyTask {
  readonly asked: NewTask;
  readonly hash: string;
  readonly lane: string;
  readonly payload: string;
  readonly execution: string;
  readonly locks: string | null;
}

/** @throws {ConductorError} `task.too_large`, `task.bad_glob` */
export function readyTask(task: NewTask): ReadyTask {
  const asked = admitTask(task);
  const { payload, execution, locks } = asked;
  return {
    asked,
    hash: contentHash(asked),
    lane: laneText(asked),
    payload: JSON.stringify(payload),
    execution: JSON.stringify(execution),
    locks: locks.length > 0 ? JSON.stringify(locks) : null,
  };
}

/** All of them or none; they may depend on each other by their `ref`, in any order. */
export function enqueue(work: TaskWork, tasks: readonly ReadyTask[], by: string): Taken[] {
  const refs = new Map<string, string>();
  const taken = tasks.map((ready) => {
    const { asked } = ready;
    const one = takeIn(work, ready, by);
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
  const places = new Map(
    tasks.flatMap(({ asked: { ref } }, place) => (ref === null ? [] : [[ref, place]])),
  );
  for (const [place, { row, asked }] of taken.entries())
    if (asked.dependsOn.some(({ task }) => (places.get(task) ?? -1) >= place))
      refuseCycle(work, row);
  for (const { row } of blocked) settleUpstream(work, row);
  return taken.map(({ row, existing }) => ({ existing, row: findTask(work.db, row.id) }));
}

function takeIn(work: TaskWork, task: ReadyTask, by: string): Taken {
  const known = findByKey(work.db, task.asked, task.hash);
  if (known !== undefined) return { row: known, existing: true };
  const row = insert(work, task, by);
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

function insert({ db, now }: TaskWork, { asked: task, ...texts }: ReadyTask, by: string): TaskRow {
  const { run_at, rank, due } = placeOf(task.runAt ?? now, task, now);
  return changed(
    db.get<TaskRow>(
      `INSERT INTO tasks (id, queue, lane, group_key, type, title, prompt, state, priority, run_at, rank, due,
         max_attempts, lease_ms, key, content_hash, payload, execution, project, locks, open_deps,
         created_by, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
      newId("task", now),
      task.queue,
      texts.lane,
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
      texts.hash,
      texts.payload,
      texts.execution,
      task.project,
      texts.locks,
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
