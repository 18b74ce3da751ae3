import type { Clock } from "../../base/clock.ts";

const ROUND_MS = 1000;

export interface FactsWatchPorts {
  readonly clock: Clock;
  /** Lists the session's panes, a row of facts each. */
  readonly list: () => Promise<string>;
  readonly tell: (paneId: string, row: string) => void;
}

/**
 * What `refresh-client -B` would do, at the same pace: tells rows that have changed. Up to 3.6, tmux looks at
 * the subscriptions of a client whose session has just ended, and the whole server crashes, agents and all.
 */
export class FactsWatch implements Disposable {
  readonly #ports: FactsWatchPorts;
  #told = new Map<string, string>();
  #cancel: () => void;
  #isOver = false;

  constructor(ports: FactsWatchPorts) {
    this.#ports = ports;
    this.#cancel = ports.clock.after(ROUND_MS, this.#look);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#cancel();
  }

  readonly #look = (): void => {
    this.#ports
      .list()
      .then((text) => this.#compare(text.split("\n").filter(Boolean)))
      // A connection that is lost is made again, with a watch of its own.
      .catch(() => undefined)
      .finally(() => {
        if (!this.#isOver) this.#cancel = this.#ports.clock.after(ROUND_MS, this.#look);
      });
  };

  #compare(rows: readonly string[]): void {
    if (this.#isOver) return;
    const before = this.#told;
    this.#told = new Map(rows.map((row) => [row.slice(0, row.indexOf("\t")), row]));
    for (const [paneId, row] of this.#told) {
      if (before.get(paneId) !== row) this.#ports.tell(paneId, row);
    }
  }
}
