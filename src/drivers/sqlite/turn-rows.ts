/** Turns are part of two units of work: a terminal's status change and a message's delivery. */
import type { Instant } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import { type Turn, turn as turnSchema } from "../../contract/terminals.ts";
import type { TurnChange, TurnEnd } from "../../core/terminals/index.ts";
import type { Append, ConductorDatabase } from "./database.ts";

export interface TurnRow {
  readonly id: string;
  readonly terminal_id: string;
  readonly message_id: string | null;
  readonly state: Turn["state"];
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly result: string | null;
}

export function turnOf(row: TurnRow): Turn {
  return {
    id: row.id,
    terminalId: row.terminal_id,
    messageId: row.message_id,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    result: row.result === null ? null : turnSchema.shape.result.parse(JSON.parse(row.result)),
  };
}

export function applyTurnChange(db: ConductorDatabase, change: TurnChange, append: Append): void {
  switch (change.kind) {
    case "start":
      return startTurn(db, change.turn, "completed", append);
    case "run":
      return runTurn(db, change.turnId, append);
    case "end":
      return endTurn(db, change.turnId, change, append);
  }
}

/** A turn still open on that terminal ends here, as `endsOpenAs`: it has no claim to the screen any more. */
export function startTurn(
  db: ConductorDatabase,
  turn: Turn,
  endsOpenAs: TurnEnd,
  append: Append,
): void {
  const open = openTurnOf(db, turn.terminalId);
  if (open !== undefined) {
    const end = { state: endsOpenAs, result: null, endedAt: turn.startedAt };
    endTurn(db, open.id, end, append);
  }
  db.run(
    `INSERT INTO turns (id, terminal_id, message_id, state, started_at, ended_at, result)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    turn.id,
    turn.terminalId,
    turn.messageId,
    turn.state,
    turn.startedAt,
    turn.endedAt,
    turn.result === null ? null : JSON.stringify(turn.result),
  );
  append(turnEvent("turn.started", turn, { state: turn.state }));
}

export function openTurnOf(db: ConductorDatabase, terminalId: string): Turn | undefined {
  const sql = "SELECT * FROM turns WHERE terminal_id = ? AND ended_at IS NULL";
  const row = db.get<TurnRow>(sql, terminalId);
  return row && turnOf(row);
}

function runTurn(db: ConductorDatabase, turnId: string, append: Append): void {
  const sql = "UPDATE turns SET state = 'running' WHERE id = ? AND state = 'submitted' RETURNING *";
  const row = db.get<TurnRow>(sql, turnId);
  if (row !== undefined) append(turnEvent("turn.ran", turnOf(row), {}));
}

function endTurn(
  db: ConductorDatabase,
  turnId: string,
  end: { state: TurnEnd; result: Turn["result"]; endedAt: Instant },
  append: Append,
): void {
  const row = db.get<TurnRow>(
    "UPDATE turns SET state = ?, result = ?, ended_at = ? WHERE id = ? AND ended_at IS NULL RETURNING *",
    end.state,
    end.result === null ? null : JSON.stringify(end.result),
    end.endedAt,
    turnId,
  );
  if (row === undefined) throw new ConductorError("state.conflict", `turn ${turnId} is not open`);
  append(turnEvent("turn.ended", turnOf(row), { state: end.state }));
}

function turnEvent(type: string, turn: Turn, data: Record<string, unknown>) {
  return {
    type,
    subject: turn.id,
    actor: "daemon",
    data: { terminal: turn.terminalId, message: turn.messageId, ...data },
  };
}
