import type { JournalEvent } from "../../contract/events.ts";

/**
 * The journal as its readers see it. Appending is the stores' own business:
 * each writes its events in the transaction of the change they tell of.
 */
export interface Journal {
  /** At most `limit` events with a greater `seq`, oldest first. */
  after(seq: number, limit: number): Promise<readonly JournalEvent[]>;
  /** All events of these types that are kept, oldest first. */
  of(types: readonly string[]): Promise<readonly JournalEvent[]>;
  /** Calls `listener` once per event, in order, after its commit; the returned function ends that. */
  follow(listener: (event: JournalEvent) => void): () => void;
  /** The newest `seq`, 0 while there is none. */
  head(): Promise<number>;
  /** The first event whose hash does not follow from the one before it, if there is one. */
  verify(): Promise<{ readonly brokenAt: number } | undefined>;
}
