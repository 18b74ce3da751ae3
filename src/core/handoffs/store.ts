import type { Instant } from "../../base/clock.ts";
import type {
  HandoffError,
  HandoffKind,
  HandoffResult,
  HandoffView,
} from "../../contract/handoffs.ts";
import type { MovingSignal, SettlingSignal } from "./handoff.ts";

/** How a worker is made, where one has to be; the environment's values are never stored. */
export interface WorkerPlan {
  readonly session: string | null;
  readonly name: string | null;
  readonly provider: string | null;
  readonly cwd: string;
  readonly worktree: string | null;
  readonly fresh: boolean;
  readonly keep: boolean;
}

/** A handoff as it is stored; the doors show the view. */
export interface HandoffRecord extends HandoffView {
  readonly plan: WorkerPlan;
  /** What the worker handed in by itself. */
  readonly report: string | null;
}

export interface NewHandoff {
  readonly kind: HandoffKind;
  readonly from: string;
  readonly fromName: string;
  readonly message: string;
  readonly key: string | null;
  /** A running agent, or a role. */
  readonly target: { readonly terminalId: string } | { readonly profile: string };
  readonly plan: WorkerPlan;
  readonly expiresAt: Instant;
}

export interface Bounds {
  /** How often work may be handed on. */
  readonly maxDepth: number;
  /** How many one agent may have open. */
  readonly maxOpen: number;
}

export interface Worker {
  readonly terminalId: string;
  readonly origin: "given" | "warm" | "fresh";
}

/** What a step on the way writes. */
export interface HandoffMove {
  readonly signal: MovingSignal;
  readonly worker?: Worker;
  readonly messageId?: string;
  readonly question?: string | null;
}

export interface HandoffEnd {
  readonly signal: SettlingSignal;
  readonly result?: HandoffResult;
  readonly error?: HandoffError;
  /** An actor. */
  readonly by?: string;
  /** Its sender was told to stop: the outcome would only wake it. */
  readonly unwanted?: boolean;
}

export interface HandoffFilter {
  /** Only those that this terminal asked for or works on. */
  readonly of?: string;
  readonly open?: boolean;
  readonly limit?: number;
}

/**
 * Whole units of work on handoffs, each with its event. A change that the state does not allow throws
 * `state.conflict` and changes nothing.
 */
export interface HandoffStore {
  /**
   * A key that the sender has used before gives the handoff it was used for.
   * @throws {ConductorError} `state.conflict`: key with another message, a cycle, too deep, too many
   */
  request(
    asked: NewHandoff,
    bounds: Bounds,
    now: Instant,
  ): Promise<{ readonly handoff: HandoffRecord; readonly existing: boolean }>;
  /** Takes the first of these idle workers that no other handoff holds. */
  claimWarm(
    id: string,
    terminalIds: readonly string[],
    now: Instant,
  ): Promise<HandoffRecord | undefined>;
  move(id: string, move: HandoffMove, now: Instant): Promise<HandoffRecord>;
  /**
   * Stores the outcome. That of an assignment goes into its sender's inbox in the same transaction.
   * Undefined where it was settled before: the first outcome holds.
   */
  settle(id: string, end: HandoffEnd, now: Instant): Promise<HandoffRecord | undefined>;
  /** Keeps what the worker hands in; the outcome waits for the end of its turn. */
  report(id: string, text: string, now: Instant): Promise<HandoffRecord>;
  /** The worker is free again, or gone. */
  release(id: string, now: Instant): Promise<void>;
  /** The sender got the outcome by its own call. */
  returned(id: string, now: Instant): Promise<void>;
  /** Nobody came for the outcome: puts it into the sender's inbox. */
  tell(id: string, now: Instant): Promise<void>;
  /** What still has something to do: not settled, not released, or not told. Oldest first. */
  unfinished(): Promise<readonly HandoffRecord[]>;
  /** Terminals that were launched for handoffs and are live. */
  workers(): Promise<readonly string[]>;
  /** Newest first, at most `limit` (100). */
  list(filter: HandoffFilter): Promise<readonly HandoffRecord[]>;
  /** By id or a unique beginning of it. @throws {ConductorError} `not_found`, `name.ambiguous` */
  get(ref: string): Promise<HandoffRecord>;
  /** Forgets what was settled before that time. */
  removeSettled(before: Instant): Promise<number>;
}
