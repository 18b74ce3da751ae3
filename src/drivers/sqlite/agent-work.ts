/** What agents do and how they did, read from their tasks and from other turns of their terminals. */
import type { Instant } from "../../base/clock.ts";
import type { AgentWork } from "../../core/agents/index.ts";
import type { ConductorDatabase } from "./database.ts";

/** A turn of a terminal that a task has is that task. */
const RUNNING = `
  SELECT agent_id FROM tasks WHERE state IN ('claimed', 'running') AND agent_id IS NOT NULL
  UNION ALL
  SELECT agent_id FROM turns JOIN terminals ON terminals.id = turns.terminal_id
   WHERE turns.ended_at IS NULL AND terminals.live = 1 AND agent_id IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM tasks WHERE terminal_id = terminals.id AND lease_until IS NOT NULL)`;

const FAILURES = `
  SELECT agent_id AS id, at FROM agent_failures WHERE at >= ?
  UNION ALL
  SELECT agent_id, ended_at FROM turns JOIN terminals ON terminals.id = turns.terminal_id
   WHERE turns.state = 'failed' AND ended_at >= ? AND agent_id IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM tasks WHERE terminal_id = terminals.id)`;

const LAST_SUCCESS = `
  SELECT max(
    coalesce((SELECT max(updated_at) FROM tasks WHERE agent_id = ? AND state = 'done'), 0),
    coalesce((SELECT max(ended_at) FROM turns JOIN terminals ON terminals.id = turns.terminal_id
               WHERE agent_id = ? AND turns.state = 'completed'
                 AND NOT EXISTS (SELECT 1 FROM tasks WHERE terminal_id = terminals.id)), 0)) AS at`;

const KEPT_MS = 24 * 60 * 60_000;

/** Within the transaction in which its attempt at a task fails. */
export function noteFailure(db: ConductorDatabase, agentId: string, now: Instant): void {
  db.run("DELETE FROM agent_failures WHERE at < ?", now - KEPT_MS);
  db.run("INSERT INTO agent_failures (agent_id, at) VALUES (?, ?)", agentId, now);
}

export function isRunning(db: ConductorDatabase, agentId: string): boolean {
  return (
    db.get(`SELECT 1 AS one FROM (${RUNNING}) WHERE agent_id = ? LIMIT 1`, agentId) !== undefined
  );
}

export function workOf(db: ConductorDatabase, since: Instant): Map<string, AgentWork> {
  const running = new Map(
    db
      .all<{ id: string; count: number }>(
        `SELECT agent_id AS id, count(*) AS count FROM (${RUNNING}) GROUP BY agent_id`,
      )
      .map(({ id, count }) => [id, count] as const),
  );
  const failures = Map.groupBy(
    db.all<{ id: string; at: number }>(FAILURES, since, since),
    ({ id }) => id,
  );
  const ids = new Set([...running.keys(), ...failures.keys()]);
  return new Map(
    [...ids].map((id) => {
      const failed = (failures.get(id) ?? []).map(({ at }) => at);
      const success = failed.length === 0 ? 0 : lastSuccess(db, id);
      const work: AgentWork = {
        running: running.get(id) ?? 0,
        failures: failed.length,
        failuresInARow: failed.filter((at) => at > success).length,
        lastFailureAt: failed.length === 0 ? null : Math.max(...failed),
      };
      return [id, work];
    }),
  );
}

function lastSuccess(db: ConductorDatabase, agentId: string): Instant {
  return db.get<{ at: number }>(LAST_SUCCESS, agentId, agentId)?.at ?? 0;
}
