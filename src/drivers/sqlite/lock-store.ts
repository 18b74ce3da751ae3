/** Locks of tasks: who holds them, who may take them, who waits. */
import { ConductorError } from "../../base/errors.ts";
import type { LockView, TaskLock } from "../../contract/tasks.ts";
import { locksConflict, type PlacedLock } from "../../core/tasks/index.ts";
import type { ConductorDatabase } from "./database.ts";
import type { TaskWork } from "./task-moves.ts";
import { locksColumn, type TaskRow } from "./task-rows.ts";

interface HeldLock extends PlacedLock {
  readonly task: string;
  readonly title: string;
  readonly owner: string;
  readonly since: number;
}

type Wanting = Pick<TaskRow, "seq" | "rank" | "project" | "locks">;
interface Waiter extends Wanting {
  readonly id: string;
  readonly title: string;
}

/** So many of those that wait longest keep what they wait for from younger ones. */
const HEEDED = 32;
const MOST_SHOWN = 1_000;

/** What is held while one claim is decided; read once, and only when a task wants locks. */
export class LockTable {
  readonly #db: ConductorDatabase;
  readonly #verdicts = new Map<string, boolean>();
  #held: readonly HeldLock[] | undefined;
  #waiters: readonly Waiter[] | undefined;

  constructor(db: ConductorDatabase) {
    this.#db = db;
  }

  /** All its locks are free, and nobody waits for them who stands further ahead. */
  admits(task: Wanting): boolean {
    if (task.locks === null) return true;
    if (this.#meetsHeld(task)) return false;
    this.#waiters ??= waitersOf(this.#db, HEEDED).filter((each) => this.#meetsHeld(each));
    const wanted = wantedBy(task);
    return !this.#waiters.some(
      (other) =>
        (other.rank < task.rank || (other.rank === task.rank && other.seq < task.seq)) &&
        firstConflict(wanted, wantedBy(other)) !== undefined,
    );
  }

  #meetsHeld(task: Wanting): boolean {
    this.#held ??= heldLocks(this.#db);
    if (this.#held.length === 0) return false;
    const key = `${task.project} ${task.locks}`;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = firstConflict(wantedBy(task), this.#held) !== undefined;
    this.#verdicts.set(key, verdict);
    return verdict;
  }
}

/** All or none, bound to the task's fence. @throws {ConductorError} `task.locked` */
export function takeLocks(work: TaskWork, task: TaskRow, locks: readonly TaskLock[]): void {
  const { db, now } = work;
  if (locks.length === 0) return;
  const wanted = locks.map((lock) => ({ ...lock, project: task.project }));
  const others = heldLocks(db).filter((held) => held.task !== task.id);
  const holder = firstConflict(wanted, others);
  if (holder !== undefined) throw locked(task, holder);
  for (const { kind, glob, mode } of wanted)
    db.run(
      `INSERT INTO task_locks (task_id, fence, kind, glob, mode, project, since)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      task.id,
      task.fence,
      kind,
      glob,
      mode,
      task.project,
      now,
    );
}

function locked(task: TaskRow, { task: by, title, kind, glob, mode, owner }: HeldLock) {
  return new ConductorError(
    "task.locked",
    `task ${task.id} waits for ${by} ("${title}", ${owner}), which holds ${kind} ${glob} (${mode})`,
    { hint: "conductor lock list shows who holds what", data: { task: task.id, holder: by, glob } },
  );
}

export function wantedBy(task: Pick<TaskRow, "project" | "locks">): PlacedLock[] {
  if (task.locks === null) return [];
  const locks = locksColumn.parse(JSON.parse(task.locks));
  return locks.map((lock) => ({ ...lock, project: task.project }));
}

function firstConflict<Lock extends PlacedLock>(
  wanted: readonly PlacedLock[],
  held: readonly Lock[],
): Lock | undefined {
  return held.find((lock) => wanted.some((each) => locksConflict(each, lock)));
}

/** Only of leases that still stand. */
function heldLocks(db: ConductorDatabase): HeldLock[] {
  return db.all<HeldLock>(
    `SELECT tasks.id AS task, title, lease_owner AS owner, since, kind, glob, mode, task_locks.project
       FROM task_locks JOIN tasks ON tasks.id = task_id AND tasks.fence = task_locks.fence
      WHERE state IN ('claimed', 'running') ORDER BY task_locks.seq`,
  );
}

function waitersOf(db: ConductorDatabase, limit: number): Waiter[] {
  return db.all<Waiter>(
    `SELECT id, title, seq, rank, project, locks FROM tasks INDEXED BY tasks_wanting
      WHERE state = 'queued' AND due = 1 AND locks IS NOT NULL ORDER BY rank, seq LIMIT ?`,
    limit,
  );
}

export function lockViews(db: ConductorDatabase): LockView[] {
  const wanted = waitersOf(db, MOST_SHOWN).flatMap(({ id, title, ...waiter }) =>
    wantedBy(waiter).map((lock) => ({ lock, shown: { ...shownOf(lock), task: id, title } })),
  );
  return heldLocks(db).map((held) => ({
    ...held,
    waiting: wanted.filter(({ lock }) => locksConflict(lock, held)).map(({ shown }) => shown),
  }));
}

function shownOf({ kind, glob, mode }: TaskLock): TaskLock {
  return { kind, glob, mode };
}
