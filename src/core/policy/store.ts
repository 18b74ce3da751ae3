import type { Instant } from "../../base/clock.ts";
import type { DecisionView } from "../../contract/decisions.ts";
import type { NewApproval } from "../approvals/index.ts";

export type NewDecision = Omit<DecisionView, "id" | "time" | "approvalId" | "exit">;

export interface DecisionFilter {
  readonly terminalId?: string;
  readonly effect?: DecisionView["effect"];
  readonly since?: Instant;
  readonly limit?: number;
}

/** Decisions are events of the journal: `decision.made`, and `decision.exited` for the exit code. */
export interface DecisionStore {
  /**
   * One that runs or is refused at once. An allow may be lost with the machine's power, a refusal not.
   * @param approvalId  of the question that it waits for too, asked before
   */
  record(decision: NewDecision, approvalId?: string): Promise<DecisionView>;
  /** One that runs by a yes given before: the yes is used and the record written in one transaction. */
  use(decision: NewDecision, approvalId: string, now: Instant): Promise<DecisionView>;
  /** One that a human is asked about: the question and the record in one transaction. */
  ask(
    decision: NewDecision,
    approval: NewApproval,
    now: Instant,
  ): Promise<{ readonly decision: DecisionView; readonly approvalId: string }>;
  /**
   * How the command ended: a record of its own, once. Without a code it will not be known.
   * @throws {ConductorError} `not_found` for a decision on another terminal's command, `state.conflict`
   */
  exited(id: string, terminalId: string, code: number | null): Promise<void>;
  /** Newest first, at most `limit` (100). */
  list(filter: DecisionFilter): Promise<readonly DecisionView[]>;
  /** By id or a unique beginning of one. @throws {ConductorError} `not_found` */
  get(ref: string): Promise<DecisionView>;
}
