import type { Instant } from "../../base/clock.ts";
import type {
  ApprovalAction,
  ApprovalState,
  ApprovalView,
  Verdict,
} from "../../contract/approvals.ts";
import type { NewGrant } from "./grants.ts";

export interface NewApproval {
  readonly terminalId: string | null;
  readonly terminalName: string | null;
  readonly origin: ApprovalView["origin"];
  readonly action: ApprovalAction;
  /** Of a native dialog: what identifies it on the screen. A pending request with the same one is returned. */
  readonly fingerprint: string | null;
  /** What stood above the dialog: tells it from the same question asked again. */
  readonly context?: string;
  /** The one who asks waits on a connection. */
  readonly isWaitedFor?: boolean;
  /** So many people must say yes (1), or no (1). */
  readonly quorum?: number;
  readonly denyThreshold?: number;
  /** Who asks: `agent:<terminal>`, `human`, `daemon`. */
  readonly by: string;
  readonly expiresAt: Instant;
}

export interface ApprovalRecord extends ApprovalView {
  readonly fingerprint: string | null;
  /** When the verdict was used; a denial is used as well, when the dialog is answered. */
  readonly usedAt: Instant | null;
  readonly context: string | null;
  /** Of a question on a screen: what became of the key. */
  readonly outcome: ApprovalOutcome | null;
}

/** `unpressed`: provably no key was. `failed`: one was, or may have been, and the dialog stays. */
export type ApprovalOutcome = "answered" | "unpressed" | "failed";

export interface ApprovalFilter {
  readonly states?: readonly ApprovalState[];
  readonly terminalId?: string;
  readonly limit?: number;
}

/**
 * Whole units of work on approvals. A `ref` is an id, a unique beginning of one, or the small number;
 * all take `not_found` and `name.ambiguous` from there.
 */
export interface ApprovalStore {
  request(
    approval: NewApproval,
    now: Instant,
  ): Promise<{ readonly approval: ApprovalRecord; readonly existing: boolean }>;
  /**
   * @throws {ConductorError} `auth.refused` to anyone but a human, `approval.decided` after the first verdict or
   * the deadline, `approval.changed` when the hash shown is not that of the action
   * @param by  `human` for the owner, `human:NAME`; one more vote of a quorum leaves it pending, and the same
   * person's second is `state.conflict`
   * @param grant  made together with the yes
   */
  decide(
    ref: string,
    verdict: Verdict,
    by: string,
    now: Instant,
    grant?: NewGrant,
  ): Promise<ApprovalRecord>;
  /** Uses the verdict, once: written before it is acted on. @throws {ConductorError} `state.conflict` */
  consume(id: string, now: Instant): Promise<ApprovalRecord>;
  /**
   * Tells what became of the key of a question on a screen, once; undefined when that was told before.
   * @param why  of a failure
   */
  finish(
    id: string,
    end: { readonly outcome: ApprovalOutcome; readonly why: string | null },
  ): Promise<ApprovalRecord | undefined>;
  /** Questions on screens whose end is not known: asked, decided, or with a key on its way. Oldest first. */
  unfinished(): Promise<readonly ApprovalRecord[]>;
  /** Settles what waited beyond its time; returns what expired. */
  expire(now: Instant): Promise<readonly ApprovalRecord[]>;
  /** The asker is gone. Undefined when it was settled before. */
  abandon(id: string, reason: string, now: Instant): Promise<ApprovalRecord | undefined>;
  /** Those who waited on connections of a daemon before are gone; returns how many had no answer. */
  abandonWaited(reason: string, now: Instant): Promise<number>;
  /** The agent is gone, and with it all that it asked for elsewhere than on its screen. */
  abandonOf(terminalId: string, reason: string, now: Instant): Promise<number>;
  /** The one who waited was told to come back: the question stands, also after this daemon. */
  stopWaiting(id: string): Promise<void>;
  /** The question went away by itself. Undefined when it was settled before. */
  cancel(id: string, reason: string, now: Instant): Promise<ApprovalRecord | undefined>;
  /** Newest first, at most `limit` (100). */
  list(filter: ApprovalFilter): Promise<readonly ApprovalRecord[]>;
  get(ref: string): Promise<ApprovalRecord>;
  /** Pending ones, per terminal. */
  pending(): Promise<ReadonlyMap<string, number>>;
}
