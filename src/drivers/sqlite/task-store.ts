import { z } from "zod";
import type { Instant } from "../../base/clock.ts";
import { mapInPieces } from "../../base/pieces.ts";
import { type TaskState, taskState } from "../../contract/tasks.ts";
import {
  type GroupCounts,
  type Lease,
  normalGlob,
  type TaskRecord,
  type TaskStore,
} from "../../core/tasks/index.ts";
import type { Append, ConductorDatabase, Hold } from "./database.ts";
import { lockViews, takeLocks } from "./lock-store.ts";
import { claimNext, claimOne, comesDue, firstOf, nextDue, peek } from "./task-claim.ts";
import { enqueue, readyTask } from "./task-enqueue.ts";
import { edgesOf, edgesTo, link, retry } from "./task-graph.ts";
import { move, type TaskWork, tell, update } from "./task-moves.ts";
import {
  type ChanceWork,
  completeTask,
  failed,
  failTask,
  startTask,
  withEvidence,
} from "./task-outcome.ts";
import { findTask, leasedTask, listTasks, recordOf, type TaskRow } from "./task-rows.ts";

const countsColumn = z.record(taskState, z.number());

/** @param random  where backoffs get their chance from */
export function createTaskStore(
  db: ConductorDatabase,
  random: () => number = Math.random,
): TaskStore {
  const unit = <T>(now: Instant, work: (work: TaskWork) => T, hold?: Hold): Promise<T> =>
    db.writeTogether((append: Append) => work({ db, append, now }), hold);
  const one = async (now: Instant, work: (work: TaskWork) => TaskRow): Promise<TaskRecord> =>
    recordOf(await unit(now, work));
  return {
    enqueue: async (tasks, by, now) => {
      const ready = await mapInPieces(tasks, readyTask);
      const taken = await unit(now, (work) => enqueue(work, ready, by));
      return mapInPieces(taken, ({ row, existing }) => ({ task: recordOf(row), existing }));
    },
    link: (id, on, by, now) => one(now, (work) => link(work, id, on, by)),
    claimNext: async (claimer, filter, now) => {
      const row = await unit(now, (work) => claimNext(work, claimer, filter));
      return row && recordOf(row);
    },
    peek: async (filter, now) => {
      const row = comesDue(db, now)
        ? await unit(now, (work) => peek(work, filter), "recorded")
        : firstOf(db, filter);
      return row && recordOf(row);
    },
    nextDue: async (now) => nextDue(db, now),
    claim: (id, claimer, now) => one(now, (work) => claimOne(work, id, claimer)),
    start: (lease, where, now) => one(now, (work) => startTask(work, lease, where)),
    heartbeat: async (lease, progress, now) => {
      const beat = (work: TaskWork): TaskRow => heartbeat(work, lease, progress);
      return recordOf(await unit(now, beat, "recorded"));
    },
    addEvidence: (lease, evidence, now) =>
      one(now, (work) => {
        const row = leasedTask(db, lease);
        const kinds = evidence.map(({ kind }) => kind);
        const added = update(work, row, { evidence: withEvidence(row, evidence, now) });
        tell(work, added, "evidenced", { kinds });
        return added;
      }),
    complete: (lease, outcome, now) => one(now, (work) => completeTask(work, lease, outcome)),
    fail: (lease, failure, evidence, now) =>
      one(now, (work) => failTask({ ...work, random }, lease, failure, evidence)),
    release: (lease, reason, now) =>
      one(now, (work) => {
        const row = leasedTask(db, lease);
        const columns = { attempt: row.attempt - 1, reason };
        return move(work, row, "requeue", { columns, data: { why: "released", reason } });
      }),
    wait: (lease, reason, now) =>
      one(now, (work) =>
        move(work, leasedTask(db, lease), "wait", { columns: { reason }, data: { reason } }),
      ),
    resume: (id, by, now) =>
      one(now, (work) => {
        const row = findTask(db, id);
        // The attempt went on; it did not fail.
        const columns = { attempt: row.attempt - 1, reason: null };
        return move(work, row, "resume", { columns, by });
      }),
    cancel: (id, { by, reason }, now) =>
      one(now, (work) =>
        move(work, findTask(db, id), "cancel", { columns: { reason }, data: { reason }, by }),
      ),
    retry: (id, by, now) => one(now, (work) => retry(work, id, by)),
    acquireLocks: (lease, locks, now) =>
      unit(now, (work) => {
        const row = leasedTask(db, lease);
        const wanted = locks.map((lock) => ({ ...lock, glob: normalGlob(lock) }));
        takeLocks(work, row, wanted);
        tell(work, row, "locked", { locks: wanted });
      }),
    locks: async () => lockViews(db),
    reap: async (now) => (await unit(now, (work) => reap({ ...work, random }))).map(recordOf),
    list: async (filter) => listTasks(db, filter).map(recordOf),
    get: async (ref) => recordOf(findTask(db, ref)),
    dependencies: async (ref) => {
      const { id } = findTask(db, ref);
      return { upstream: edgesOf(db, id), downstream: edgesTo(db, id) };
    },
    removeSettled: (before, now) => unit(now, (work) => removeSettled(work, before)),
    counts: async () => {
      const sql = "SELECT state, count(*) AS n FROM tasks GROUP BY state";
      const rows = new Map(db.all<{ state: TaskState; n: number }>(sql).map((r) => [r.state, r.n]));
      const all = taskState.options.map((state) => [state, rows.get(state) ?? 0]);
      return countsColumn.parse(Object.fromEntries(all));
    },
    groupCounts: async () => groupCounts(db),
  };
}

function groupCounts(db: ConductorDatabase): GroupCounts[] {
  const sql = `SELECT queue, group_key, state, count(*) AS n FROM tasks
                GROUP BY queue, group_key, state ORDER BY queue, group_key`;
  const rows = db.all<Pick<TaskRow, "queue" | "group_key" | "state"> & { n: number }>(sql);
  const groups = Map.groupBy(rows, ({ queue, group_key }) => JSON.stringify([queue, group_key]));
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const states = Object.fromEntries([first, ...others].map(({ state, n }) => [state, n]));
    return [{ queue: first.queue, group: first.group_key, states }];
  });
}

function heartbeat(work: TaskWork, lease: Lease, progress: TaskRecord["progress"] | undefined) {
  const row = leasedTask(work.db, lease);
  const text = progress === undefined ? row.progress : JSON.stringify(progress);
  const lease_until = work.now + row.lease_ms;
  const beaten = update(work, row, { lease_until, progress: text });
  if (text !== row.progress) tell(work, beaten, "progressed", { ...progress });
  return beaten;
}

const MOST_REAPED = 500;

function reap(work: ChanceWork): TaskRow[] {
  const { db, now } = work;
  // A clock that was set back must not make leases longer than they are.
  db.run(
    `UPDATE tasks SET lease_until = ? + lease_ms
      WHERE state IN ('claimed', 'running') AND lease_until > ? + lease_ms`,
    now,
    now,
  );
  const sql = `SELECT * FROM tasks WHERE state IN ('claimed', 'running') AND lease_until < ?
                ORDER BY lease_until LIMIT ?`;
  return db.all<TaskRow>(sql, now, MOST_REAPED).map((row) => {
    const message = `nothing was heard of ${row.lease_owner} since the lease began`;
    const failure = { class: "retryable", code: "lease_expired", message } as const;
    return failed(work, row, failure, row.evidence);
  });
}

const MOST_REMOVED = 1_000;

function removeSettled({ db, append }: TaskWork, before: Instant): number {
  const removed = db.run(
    `DELETE FROM tasks WHERE seq IN
       (SELECT seq FROM tasks WHERE finished_at < ? AND NOT EXISTS
          (SELECT 1 FROM task_deps JOIN tasks AS later ON later.id = task_id
            WHERE depends_on = tasks.id AND later.finished_at IS NULL)
         ORDER BY seq LIMIT ?)`,
    before,
    MOST_REMOVED,
  );
  const data = { removed, before };
  if (removed > 0) append({ type: "tasks.pruned", subject: "tasks", actor: "daemon", data });
  return removed;
}
