import type { Instant } from "../../base/clock.ts";
import type { DecisionView } from "../../contract/decisions.ts";
import type { NewApproval } from "../approvals/index.ts";

export type NewDecision = Omit<DecisionView, "id" | "time" | "approvalId">;

export interface DecisionFilter {
  readonly terminalId?: string;
  readonly effect?: DecisionView["effect"];
  readonly since?: Instant;
  readonly limit?: number;
}

/** Decisions are events of the journal: `decision.made`, and `decision.exited` for the exit code. */
export interface DecisionStore {
  /** One that runs or is refused at once. An allow may be lost with the machine's power, a refusal not. */
  record(decision: NewDecision): Promise<DecisionView>;
  /** One that a human is asked about: the question and the record in one transaction. */
  ask(
    decision: NewDecision,
    approval: NewApproval,
    now: Instant,
  ): Promise<{ readonly decision: DecisionView; readonly approvalId: string }>;
  /** Newest first, at most `limit` (100). */
  list(filter: DecisionFilter): Promise<readonly DecisionView[]>;
  /** By id or a unique beginning of one. @throws {ConductorError} `not_found` */
  get(ref: string): Promise<DecisionView>;
}
