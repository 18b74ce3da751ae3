import type { Instant } from "../../base/clock.ts";
import type { AttemptEnd, AttemptReport, AttemptView, CheckRun } from "../../contract/execution.ts";
import type { NewEvidence } from "../../contract/tasks.ts";
import type { AttemptOutcome } from "./execute.ts";
import type { Lease } from "./store.ts";

export interface NewAttempt
  extends Pick<AttemptView, "taskId" | "agentId" | "routing" | "worktree"> {
  /** Whose lease it is. */
  readonly owner: string;
  /** Where it may be made, the best first. */
  readonly places: readonly Pick<AttemptView, "terminalId" | "origin">[];
}

export interface Collected {
  readonly evidence: readonly NewEvidence[];
  /** How long that took. */
  readonly ms: number;
}

/** What a step of an attempt writes. */
export type AttemptMove =
  | { readonly signal: "open"; readonly folder: string; readonly base: string | null }
  | { readonly signal: "prompt" }
  | { readonly signal: "end"; readonly end: AttemptEnd }
  | { readonly signal: "check"; readonly check: CheckRun }
  | { readonly signal: "settle" }
  | { readonly signal: "lose"; readonly reason: string };

/** Whole units of work on attempts, each with its event. */
export interface AttemptStore {
  /**
   * Claims the task and begins, in the first of the places whose terminal no other attempt holds.
   * @throws {ConductorError} what a claim can be refused with; `state.conflict` where no place is free
   */
  claim(asked: NewAttempt, now: Instant): Promise<AttemptView>;
  /**
   * To prompt starts the task too.
   * @throws {ConductorError} `state.conflict` where its state does not allow it; `task.lease_lost`
   */
  move(lease: Lease, move: AttemptMove, now: Instant): Promise<AttemptView>;
  /** The outcome becomes the task's. @throws {ConductorError} as `move`, and `task.too_large` */
  settle(
    lease: Lease,
    outcome: AttemptOutcome,
    collected: Collected,
    now: Instant,
  ): Promise<AttemptView>;
  /** Keeps what the agent hands in; undefined where no attempt of that lease is under way. */
  report(lease: Lease, report: AttemptReport, now: Instant): Promise<AttemptView | undefined>;
  /** Its terminal is free again. */
  release(lease: Lease, now: Instant): Promise<void>;
  get(lease: Lease): Promise<AttemptView | undefined>;
  /** Of one task, newest first. */
  of(taskId: string): Promise<readonly AttemptView[]>;
  /** Those whose terminals are not free yet. */
  open(): Promise<readonly AttemptView[]>;
  /** How many of them each agent has. */
  load(): Promise<ReadonlyMap<string, number>>;
  /** Terminals that were opened for tasks, live still and are held by no attempt, the one that was used last first. */
  idle(): Promise<readonly string[]>;
}
