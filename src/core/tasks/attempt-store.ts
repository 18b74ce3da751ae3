import type { Instant } from "../../base/clock.ts";
import type { AttemptEnd, AttemptReport, AttemptView, CheckRun } from "../../contract/execution.ts";
import type { Lease } from "./store.ts";

export type NewAttempt = Pick<
  AttemptView,
  "taskId" | "fence" | "attempt" | "agentId" | "terminalId" | "origin" | "routing" | "worktree"
>;

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
   * With the event `task.routed`. The same lease again gives the attempt that it has.
   * Undefined where another attempt holds that terminal.
   */
  begin(asked: NewAttempt, now: Instant): Promise<AttemptView | undefined>;
  /** @throws {ConductorError} `state.conflict` where its state does not allow it */
  move(lease: Lease, move: AttemptMove, now: Instant): Promise<AttemptView>;
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
  /** Terminals that were opened for tasks and live still, the one that was used last first. */
  terminals(): Promise<readonly string[]>;
}
