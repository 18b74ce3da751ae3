/** What agents do and how they did, read from the turns of their terminals. */
import type { Instant } from "../../base/clock.ts";
import type { AgentWork } from "../../core/agents/index.ts";
import type { ConductorDatabase } from "./database.ts";

const RUNNING = `FROM turns JOIN terminals ON terminals.id = turns.terminal_id
  WHERE turns.ended_at IS NULL AND terminals.live = 1`;

export function isRunning(db: ConductorDatabase, agentId: string): boolean {
  return db.get(`SELECT 1 AS one ${RUNNING} AND agent_id = ? LIMIT 1`, agentId) !== undefined;
}

export function workOf(db: ConductorDatabase, since: Instant): Map<string, AgentWork> {
  const work = new Map<string, AgentWork>();
  const none: AgentWork = { running: 0, failures: 0, failuresInARow: 0, lastFailureAt: null };
  const change = (id: string, next: (before: AgentWork) => AgentWork): void =>
    void work.set(id, next(work.get(id) ?? none));
  const sql = `SELECT agent_id AS id, count(*) AS running ${RUNNING} AND agent_id IS NOT NULL GROUP BY 1`;
  for (const { id, running } of db.all<{ id: string; running: number }>(sql))
    change(id, (before) => ({ ...before, running }));
  for (const { id, at, failed } of ended(db, since)) {
    change(id, (before) =>
      failed === 0
        ? { ...before, failuresInARow: 0 }
        : {
            ...before,
            failures: before.failures + 1,
            failuresInARow: before.failuresInARow + 1,
            lastFailureAt: at,
          },
    );
  }
  return work;
}

/** What somebody stopped says nothing of the agent. */
function ended(
  db: ConductorDatabase,
  since: Instant,
): { readonly id: string; readonly at: number; readonly failed: number }[] {
  return db.all(
    `SELECT agent_id AS id, ended_at AS at, state = 'failed' AS failed
       FROM turns JOIN terminals ON terminals.id = turns.terminal_id
      WHERE agent_id IS NOT NULL AND ended_at >= ? AND state IN ('completed', 'failed')
      ORDER BY ended_at`,
    since,
  );
}
