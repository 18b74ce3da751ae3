import type { PaneRow } from "./facts.ts";

const MOST_HELD_BYTES = 64 * 1024;

interface Stranger {
  readonly held: Uint8Array[];
  heldBytes: number;
  isHushed: boolean;
  /** Known when the listing was asked for; one that came later may be missing from it. */
  isAskedFor: boolean;
}

/**
 * Output of panes that nobody follows. A new agent's first bytes may come before its pane is followed,
 * so they are held until a listing says whose pane it is; a pane that is not ours is silenced in tmux.
 */
export class Strangers {
  readonly #known = new Map<string, Stranger>();

  /** Keeps the start of the output; true for the first piece, when a listing must tell whose it is. */
  hold(paneId: string, data: Uint8Array): boolean {
    const known = this.#known.get(paneId);
    const stranger = known ?? { held: [], heldBytes: 0, isHushed: false, isAskedFor: false };
    this.#known.set(paneId, stranger);
    const fits = stranger.heldBytes + data.length <= MOST_HELD_BYTES;
    if (fits && !stranger.isHushed) {
      // Copied: a short piece must not keep the whole chunk that it was cut from.
      stranger.held.push(data.slice());
      stranger.heldBytes += data.length;
    }
    return known === undefined;
  }

  /** The pane is followed from now on: what it has said, and whether tmux was told to silence it. */
  claim(paneId: string): { readonly held: readonly Uint8Array[]; readonly isHushed: boolean } {
    const stranger = this.#known.get(paneId);
    this.#known.delete(paneId);
    return { held: stranger?.held ?? [], isHushed: stranger?.isHushed ?? false };
  }

  /** A listing is being asked for. */
  ask(): void {
    for (const stranger of this.#known.values()) stranger.isAskedFor = true;
  }

  /** Takes the listing of the session's panes; returns those to silence, and forgets those that are gone. */
  judge(rows: readonly PaneRow[]): readonly string[] {
    const listed = new Map(rows.map((row) => [row.paneId, row]));
    const toHush: string[] = [];
    for (const [paneId, stranger] of this.#known) {
      if (!stranger.isAskedFor) continue;
      const row = listed.get(paneId);
      if (row === undefined) this.#known.delete(paneId);
      else if (row.ours === undefined && !stranger.isHushed) {
        stranger.isHushed = true;
        stranger.held.length = 0;
        toHush.push(paneId);
      }
    }
    return toHush;
  }

  /** A new connection knows of no silence. */
  clear(): void {
    this.#known.clear();
  }
}
