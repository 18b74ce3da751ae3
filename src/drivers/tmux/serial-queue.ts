import { ConductorError } from "../../base/errors.ts";

const MOST_WAITING = 100;

/** Runs one piece of work after the other, so that a text and its Enter are never separated. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MOST_WAITING) {
      const message = `${MOST_WAITING} inputs already wait for this pane`;
      return Promise.reject(new ConductorError("pane.not_ready", message));
    }
    this.#waiting += 1;
    const result = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
