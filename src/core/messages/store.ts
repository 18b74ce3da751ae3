import type { Instant } from "../../base/clock.ts";
import type {
  Attempt,
  MessageMode,
  MessageState,
  MessageView,
  ReceiptKind,
} from "../../contract/messages.ts";
import type { Turn } from "../../contract/terminals.ts";
import type { ScreenMark } from "./evidence.ts";

export interface NewMessage {
  /** An actor: `human`, `agent:<terminal>`, `daemon`. */
  readonly from: string;
  /** The receiver's terminal id. */
  readonly to: string;
  readonly body: string;
  readonly mode: MessageMode;
  readonly expiresAt: Instant | null;
  readonly dedupeKey: string | null;
}

/** A message that is being delivered, with the lease that entitles to do so. */
export interface Claim {
  readonly message: MessageView;
  readonly attempt: Attempt;
  readonly fence: number;
  readonly leaseUntil: Instant;
  /** What the screen was like right before the first byte, once typing began. */
  readonly mark: ScreenMark | null;
}

export interface MessageFilter {
  readonly to?: string;
  readonly states?: readonly MessageState[];
  /** Only rows before this `seq`, for paging backwards. */
  readonly before?: number;
  readonly limit?: number;
}

/**
 * Whole units of work on the inbox. A fence that is no longer the message's own means that the lease is lost:
 * those calls then throw `state.conflict` and change nothing. A message that settles without having been delivered
 * sends its sender a notice where that is a live terminal; notices themselves never do.
 */
export interface MessageStore {
  /**
   * A dedupe key that the receiver has seen returns the message it has seen it with.
   * @throws {ConductorError} `not_found`, `pane.gone`, `auth.refused` (to itself), `state.conflict` (key with another body)
   */
  enqueue(
    message: NewMessage,
    now: Instant,
  ): Promise<{ readonly message: MessageView; readonly existing: boolean }>;
  /** The receiver's next message, interrupts first, then by age; nothing while one is being delivered. */
  claimNext(terminalId: string, now: Instant, leaseMs: number): Promise<Claim | undefined>;
  /** What `claimNext` would take, for telling what delivery waits for. */
  peekNext(terminalId: string, now: Instant): Promise<MessageView | undefined>;
  /** Written before the first byte goes to the pane: from here on the text may be there. */
  markTyping(id: string, fence: number, now: Instant, mark: ScreenMark): Promise<void>;
  /** Settles as delivered and starts the turn, which ends one that is still open. */
  deliver(
    id: string,
    fence: number,
    receipt: ReceiptKind,
    turn: Turn,
    now: Instant,
  ): Promise<MessageView>;
  /** Back into its old place in the queue: only for text that provably never arrived. */
  requeue(id: string, fence: number, note: string, now: Instant): Promise<void>;
  fail(id: string, fence: number, reason: string, now: Instant): Promise<MessageView>;
  /** @throws {ConductorError} `not_found`, `state.conflict` once it is typed or settled */
  cancel(id: string, by: string, now: Instant): Promise<MessageView>;
  /** Settles what waited beyond its time; returns how many. */
  expire(now: Instant): Promise<number>;
  /** Fails all that waits for a terminal that will take nothing any more; returns how many. */
  abandon(terminalId: string, reason: string, now: Instant): Promise<number>;
  /** What is in `delivering`, of one terminal or of all, oldest first. */
  unsettled(terminalId?: string): Promise<readonly Claim[]>;
  /** Newest first, at most `limit` (100). */
  list(filter: MessageFilter): Promise<readonly MessageView[]>;
  /** By id or a unique beginning of it. @throws {ConductorError} `not_found`, `name.ambiguous` */
  get(ref: string): Promise<MessageView>;
  /** What that receiver was sent under that key. */
  byKey(terminalId: string, dedupeKey: string): Promise<MessageView | undefined>;
  /** Messages not settled yet, per receiver. */
  unread(): Promise<ReadonlyMap<string, number>>;
  /** Forgets what settled before that time and whose receiver is not live; returns their ids. */
  removeSettled(before: Instant): Promise<readonly string[]>;
}
