import { type UsageRow, usageRow } from "../../contract/usage.ts";
import type {
  NewUsage,
  TranscriptPosition,
  TranscriptStore,
  UsageFilter,
  UsageOwner,
} from "../../core/transcripts/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";

export function createTranscriptStore(db: ConductorDatabase): TranscriptStore {
  return {
    position: async (terminalId) =>
      db.get<TranscriptPosition>(
        "SELECT path, inode, offset FROM transcripts WHERE terminal_id = ?",
        terminalId,
      ),
    // Both can be read again from the file, so a loss of power loses nothing.
    record: (owner, position, usage) =>
      db.writeTogether((append) => {
        if (position !== null) place(db, owner.terminalId, position);
        const fresh = usage.filter((one) => count(db, owner, one));
        if (fresh.length > 0) tell(owner, fresh, append);
      }, "recorded"),
    usage: async (filter) => totals(db, filter),
    forget: async (ids) =>
      db.write(() => {
        for (const id of ids) db.run("DELETE FROM transcripts WHERE terminal_id = ?", id);
      }),
  };
}

function place(db: ConductorDatabase, terminalId: string, at: TranscriptPosition): void {
  db.run(
    `INSERT INTO transcripts (terminal_id, path, inode, offset) VALUES (?, ?, ?, ?)
     ON CONFLICT (terminal_id) DO UPDATE
       SET path = excluded.path, inode = excluded.inode, offset = excluded.offset`,
    terminalId,
    at.path,
    at.inode,
    at.offset,
  );
}

/** True for a call that was not known. One that was told while it still ran grows. */
function count(db: ConductorDatabase, owner: UsageOwner, usage: NewUsage): boolean {
  const known = db.get(
    "SELECT 1 FROM usage WHERE terminal_id = ? AND key = ?",
    owner.terminalId,
    usage.key,
  );
  db.run(
    `INSERT INTO usage (terminal_id, key, turn_id, session, name, provider, model, input, output,
       cache_read, cache_write, cost, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (terminal_id, key) DO UPDATE
       SET input = max(input, excluded.input), output = max(output, excluded.output)`,
    owner.terminalId,
    usage.key,
    owner.turnId,
    owner.session,
    owner.name,
    owner.provider,
    usage.model,
    usage.input,
    usage.output,
    usage.cacheRead,
    usage.cacheWrite,
    usage.cost,
    usage.at,
  );
  return known === undefined;
}

/** One event per model, so that whoever follows the journal can add up without asking. */
function tell(owner: UsageOwner, usage: readonly NewUsage[], append: Append): void {
  for (const [model, calls] of Map.groupBy(usage, (call) => call.model)) {
    const sum = (of: "input" | "output" | "cacheRead" | "cacheWrite"): number =>
      calls.reduce((total, call) => total + call[of], 0);
    append({
      type: "usage.recorded",
      subject: owner.terminalId,
      actor: "daemon",
      data: {
        turn: owner.turnId,
        model,
        calls: calls.length,
        input: sum("input"),
        output: sum("output"),
        cacheRead: sum("cacheRead"),
        cacheWrite: sum("cacheWrite"),
        cost: calls.reduce<number | null>(
          (all, { cost }) => (cost === null ? all : (all ?? 0) + cost),
          null,
        ),
      },
    });
  }
}

/** The turn of a call that was read before its turn was stored: an agent may be quicker than a delivery. */
const TURN = `(SELECT id FROM turns
  WHERE turns.terminal_id = usage.terminal_id AND started_at <= usage.at
    AND usage.at <= coalesce(ended_at, usage.at) ORDER BY started_at DESC LIMIT 1)`;

function totals(db: ConductorDatabase, filter: UsageFilter): readonly UsageRow[] {
  const rows = db.all(
    // A line of costs alone is no call.
    `SELECT terminal_id AS terminalId, max(session) AS session, max(name) AS name, max(provider) AS provider,
       model, count(DISTINCT coalesce(turn_id, ${TURN})) AS turns, sum(input + output + cache_read + cache_write > 0) AS calls,
       sum(input) AS input, sum(output) AS output, sum(cache_read) AS cacheRead,
       sum(cache_write) AS cacheWrite, sum(cost) AS cost, min(at) AS firstAt, max(at) AS lastAt
     FROM usage
     WHERE coalesce(? IN (terminal_id, name), true) AND session = coalesce(?, session) AND at >= ?
       AND (? IS NULL OR coalesce(turn_id, ${TURN}) = ?)
     GROUP BY terminal_id, model ORDER BY max(at), model`,
    filter.terminal ?? null,
    filter.session ?? null,
    filter.since ?? 0,
    filter.turn ?? null,
    filter.turn ?? null,
  );
  return usageRow.array().parse(rows);
}
