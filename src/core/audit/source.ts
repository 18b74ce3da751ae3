import type { ChainLink } from "../../contract/audit.ts";
import type { JournalEvent } from "../../contract/events.ts";

export interface LinkedEvent {
  readonly event: JournalEvent;
  /** Its hash in the journal. */
  readonly link: string;
}

/** The journal as the mirror is fed from it. */
export interface AuditJournal {
  /** The newest event; where all is pruned, the last that was. */
  head(): ChainLink;
  /** The last event that was pruned; `seq` 0 while none was. */
  start(): ChainLink;
  hashAt(seq: number): string | undefined;
  /** What belongs into the mirror, oldest first: `seq` above `after` and not above `to`. */
  audited(after: number, to: number, limit: number): readonly LinkedEvent[];
  /** Resolves when all that is committed would outlive the loss of power. */
  settle(): Promise<void>;
}

/** Whether the journal still holds that event as it was; pruned ones count as held. */
export function holds(journal: AuditJournal, { seq, hash }: ChainLink): boolean {
  const start = journal.start();
  if (seq < start.seq) return true;
  return seq === start.seq ? hash === start.hash : journal.hashAt(seq) === hash;
}
