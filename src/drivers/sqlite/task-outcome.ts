/** Work on a task begins, and what comes of it: each within the unit of work of whoever says so. */
import type { Instant } from "../../base/clock.ts";
import { type NewEvidence, newEvidence } from "../../contract/tasks.ts";
import {
  afterFailure,
  boundSize,
  type Failure,
  type Lease,
  type TaskOutcome,
} from "../../core/tasks/index.ts";
import { noteFailure } from "./agent-work.ts";
import { move, type TaskWork, update } from "./task-moves.ts";
import {
  evidenceColumn,
  findTask,
  leasedTask,
  owned,
  ownedTask,
  type TaskRow,
} from "./task-rows.ts";

export interface Place {
  readonly terminalId: string | null;
  readonly agentId: string | null;
}

/** @throws {ConductorError} `task.lease_lost` */
export function startTask(work: TaskWork, lease: Lease, where: Place): TaskRow {
  const row = leasedTask(work.db, lease);
  const terminal_id = where.terminalId ?? row.terminal_id;
  const agent_id = where.agentId ?? row.agent_id;
  if (row.state === "running") return update(work, row, { terminal_id, agent_id });
  return move(work, row, "start", {
    columns: { terminal_id, agent_id, started_at: work.now },
    data: { terminal: terminal_id, agent: agent_id },
  });
}

/** @throws {ConductorError} `task.lease_lost`, `task.too_large` */
export function completeTask(
  work: TaskWork,
  lease: Lease,
  { result, evidence = [] }: TaskOutcome,
): TaskRow {
  boundSize("result", result);
  const found = findTask(work.db, lease.id);
  if (found.state === "done" && found.fence === lease.fence) return found;
  const row = owned(work.db, found, lease);
  const columns = {
    result: result === null ? null : JSON.stringify(result),
    error: null,
    evidence: withEvidence(row, evidence, work.now),
  };
  return move(work, row, "complete", { columns });
}

/** @throws {ConductorError} `task.lease_lost`, `task.too_large` */
export function failTask(
  work: ChanceWork,
  lease: Lease,
  failure: Failure,
  evidence: readonly NewEvidence[],
): TaskRow {
  const row = ownedTask(work.db, lease);
  return failed(work, row, failure, withEvidence(row, evidence, work.now));
}

export interface ChanceWork extends TaskWork {
  readonly random: () => number;
}

export function failed(
  work: ChanceWork,
  row: TaskRow,
  failure: Failure,
  evidence: string,
): TaskRow {
  const { class: kind, code, message } = failure;
  // A full quota is nobody's doing.
  if (row.agent_id !== null && kind !== "rate_limited")
    noteFailure(work.db, row.agent_id, work.now);
  const task = { attempt: row.attempt, maxAttempts: row.max_attempts };
  const next = afterFailure(task, failure, work);
  const error = JSON.stringify({ class: kind, code, message, upstream: null });
  const data = { class: kind, code, message };
  if (next.signal !== "requeue")
    return move(work, row, next.signal, { columns: { error, evidence }, data });
  const attempt = next.counts ? row.attempt : row.attempt - 1;
  const columns = { error, evidence, attempt, run_at: next.runAt };
  return move(work, row, "requeue", { columns, data: { ...data, runAt: next.runAt } });
}

export function withEvidence(row: TaskRow, added: readonly NewEvidence[], now: Instant): string {
  if (added.length === 0) return row.evidence;
  const fresh = added.map((each) => ({
    ...newEvidence.parse(each),
    attempt: row.attempt,
    at: now,
  }));
  const all = [...evidenceColumn.parse(JSON.parse(row.evidence)), ...fresh];
  boundSize("evidence", all);
  return JSON.stringify(all);
}
