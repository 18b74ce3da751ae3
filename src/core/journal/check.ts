import type { ChainLink } from "../../contract/audit.ts";
import type { JournalEvent } from "../../contract/events.ts";
import { chainHash } from "./chain.ts";

/** A stored row of the journal; without `event` where it cannot be read as one any more. */
export interface StoredLink extends ChainLink {
  readonly event: JournalEvent | undefined;
}

/** Walks a hash chain; what is put in must follow from what was put in before. */
export class ChainCheck {
  #last: ChainLink;

  constructor(start: ChainLink) {
    this.#last = start;
  }

  get last(): ChainLink {
    return this.#last;
  }

  /** What is wrong with the row, and the first event it concerns. */
  next({ seq, hash, event }: StoredLink): { seq: number; says: string } | undefined {
    const { seq: before, hash: previous } = this.#last;
    this.#last = { seq, hash };
    if (seq > before + 1) {
      const many = seq - before - 1;
      return {
        seq: before + 1,
        says: many === 1 ? "is missing" : `and ${many - 1} more are missing`,
      };
    }
    if (seq <= before) return { seq, says: "stands twice or out of order" };
    if (event === undefined) return { seq, says: "cannot be read" };
    if (hash !== chainHash(previous, event)) {
      return { seq, says: "was changed, or does not follow from the one before" };
    }
    return undefined;
  }
}
