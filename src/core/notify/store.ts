import type { Instant } from "../../base/clock.ts";
import type { JournalEvent } from "../../contract/events.ts";
import type { NotificationCounts, NotificationView } from "../../contract/notify.ts";

export interface NewNotification
  extends Pick<NotificationView, "rule" | "target" | "title" | "body"> {
  readonly event: JournalEvent;
}

/** With the whole event, which may be gone from the journal when it is sent. */
export interface NotificationRecord extends Omit<NotificationView, "event"> {
  readonly event: JournalEvent;
}

/** What came of telling a target. `refused`: it makes no sense to try again. */
export type Attempt =
  | { readonly kind: "told" }
  | { readonly kind: "failed"; readonly error: string; readonly afterMs?: number | undefined }
  | { readonly kind: "refused"; readonly error: string };

export type Settled =
  | { readonly state: "sent" }
  | { readonly state: "failed"; readonly error: string }
  | { readonly state: "queued"; readonly error: string; readonly dueAt: Instant };

export interface NotificationStore {
  /** Up to which event notifications were taken; undefined where none ever were. */
  cursor(): Promise<number | undefined>;
  /** Moves the cursor, and queues what is to be told, in one transaction; what is too much for its target is dropped. */
  take(
    found: readonly NewNotification[],
    cursor: number,
    how: { readonly perMinute: number; readonly now: Instant },
  ): Promise<void>;
  /** From now on nothing is taken; a later cursor starts anew. */
  forgetCursor(): Promise<void>;
  /** Queued, and due; oldest first. */
  due(now: Instant, limit: number): Promise<readonly NotificationRecord[]>;
  /** When the next of the queued ones is due. */
  nextDue(): Promise<Instant | undefined>;
  /** After an attempt. */
  settle(id: string, settled: Settled, now: Instant): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly NotificationView[]>;
  /** By rule. */
  counts(): Promise<ReadonlyMap<string, NotificationCounts>>;
  removeSettled(before: Instant): Promise<number>;
}
