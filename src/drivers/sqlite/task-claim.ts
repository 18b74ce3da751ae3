import type { Instant } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import { type Claimer, type ClaimFilter, readLane, suits } from "../../core/tasks/index.ts";
import type { ConductorDatabase } from "./database.ts";
import { LockTable, takeLocks, wantedBy } from "./lock-store.ts";
import { move, type TaskWork } from "./task-moves.ts";
import { changed, findTask, type TaskRow, wrongState } from "./task-rows.ts";

type Candidate = Pick<TaskRow, "id" | "seq" | "rank" | "project" | "locks">;

/** The first in rank of those that head their lanes; a lane whose group is full, or that does not suit, is passed over. */
export function claimNext(
  work: TaskWork,
  claimer: Claimer,
  filter: ClaimFilter,
): TaskRow | undefined {
  const first = peek(work, filter);
  return first && take(work, first, claimer);
}

export function peek({ db, now }: TaskWork, filter: ClaimFilter): TaskRow | undefined {
  if (comesDue(db, now)) makeDue(db, now);
  return firstOf(db, filter);
}

/** As `peek`, where the time of none has come meanwhile. */
export function firstOf(db: ConductorDatabase, filter: ClaimFilter): TaskRow | undefined {
  const { queue = "default", except = [] } = filter;
  const locks = new LockTable(db);
  const left = new Set(except);
  const admits = (task: Candidate): boolean => !left.has(task.id) && locks.admits(task);
  const [first] = lanesOf(db, queue)
    .filter((text) => isOpen(db, text, filter))
    .flatMap((text) => headOf(db, { queue, lane: text }, admits) ?? [])
    .toSorted((one, other) => one.rank - other.rank || one.seq - other.seq);
  return first && changed(db.get("SELECT * FROM tasks WHERE seq = ?", first.seq));
}

export function nextDue(db: ConductorDatabase, now: Instant): Instant | undefined {
  const sql =
    "SELECT min(run_at) AS at FROM tasks INDEXED BY tasks_later WHERE state = 'queued' AND due = 0 AND run_at > ?";
  return db.get<{ at: number | null }>(sql, now)?.at ?? undefined;
}

/** Whoever names a task need not wait for its time, nor behind others; only for what somebody holds. */
export function claimOne(work: TaskWork, id: string, claimer: Claimer): TaskRow {
  const row = findTask(work.db, id);
  if (row.state !== "queued") throw wrongState(row, "be claimed");
  const { group } = readLane(row.lane);
  if (group !== null && runningIn(work.db, group.key) >= group.limit)
    throw new ConductorError(
      "task.locked",
      `task ${row.id} waits for its group ${group.key}, of which ${group.limit} may run at a time`,
      { hint: "wait until one of them is done", data: { task: row.id, group: group.key } },
    );
  return take(work, row, claimer);
}

function take(work: TaskWork, row: TaskRow, claimer: Claimer): TaskRow {
  const lease_until = work.now + row.lease_ms;
  const claimed = move(work, row, "claim", {
    columns: {
      attempt: row.attempt + 1,
      fence: row.fence + 1,
      lease_owner: claimer.owner,
      lease_until,
      terminal_id: claimer.terminalId,
      agent_id: claimer.agentId,
      progress: null,
      reason: null,
    },
    data: { leaseUntil: lease_until, terminal: claimer.terminalId, agent: claimer.agentId },
    by: claimer.owner,
  });
  takeLocks(work, claimed, wantedBy(claimed));
  return claimed;
}

const MOST_AT_ONCE = 1_000;

/** The index is named, since the planner would read all that are queued. */
const LATER =
  "FROM tasks INDEXED BY tasks_later WHERE state = 'queued' AND due = 0 AND run_at <= ?";

/** Whether the time of one has come that nobody has marked so. */
export function comesDue(db: ConductorDatabase, now: Instant): boolean {
  return db.get(`SELECT 1 ${LATER} LIMIT 1`, now) !== undefined;
}

function makeDue(db: ConductorDatabase, now: Instant): void {
  const sql = `UPDATE tasks SET due = 1 WHERE seq IN (SELECT seq ${LATER} ORDER BY run_at LIMIT ?)`;
  db.run(sql, now, MOST_AT_ONCE);
}

/**
 * Goes from lane to lane in the index, however many tasks each has. A bare `= ?` would have SQLite plan the statement
 * anew at each call, for what the value may tell of the index; that takes four times as long as the statement.
 */
function lanesOf(db: ConductorDatabase, queue: string): string[] {
  const lanes: string[] = [];
  const sql = `SELECT min(lane) AS lane FROM tasks
                WHERE state = 'queued' AND due = 1 AND queue = +? AND lane > ?`;
  for (;;) {
    const next = db.get<{ lane: string | null }>(sql, queue, lanes.at(-1) ?? "")?.lane;
    if (next == null) return lanes;
    lanes.push(next);
  }
}

function isOpen(db: ConductorDatabase, text: string, { offer }: ClaimFilter): boolean {
  const needs = readLane(text);
  if (!suits(needs, offer)) return false;
  return needs.group === null || runningIn(db, needs.group.key) < needs.group.limit;
}

function runningIn(db: ConductorDatabase, group: string): number {
  const sql = "SELECT count(*) AS n FROM tasks WHERE lease_until IS NOT NULL AND group_key = ?";
  return db.get<{ n: number }>(sql, group)?.n ?? 0;
}

const PAGE = 200;

/** The first of the lane whose locks can be had; most often that is the very first. */
function headOf(
  db: ConductorDatabase,
  of: { readonly queue: string; readonly lane: string },
  admits: (task: Candidate) => boolean,
): Candidate | undefined {
  let limit = 1;
  let after: Pick<Candidate, "rank" | "seq"> = { rank: Number.MIN_SAFE_INTEGER, seq: 0 };
  for (;;) {
    const page = db.all<Candidate>(
      `SELECT id, seq, rank, project, locks FROM tasks
        WHERE state = 'queued' AND due = 1 AND queue = +? AND lane = +? AND (rank, seq) > (?, ?)
        ORDER BY rank, seq LIMIT +?`,
      of.queue,
      of.lane,
      after.rank,
      after.seq,
      limit,
    );
    const found = page.find(admits);
    const last = page.at(-1);
    if (found !== undefined || last === undefined || page.length < limit) return found;
    after = last;
    limit = PAGE;
  }
}
