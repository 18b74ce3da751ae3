/** Looks at each of many things again whenever it is kicked: one round at a time for each, and another after a failure. */
import type { Clock } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";

export interface RoundsPorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** What they are, for the log. */
  readonly what: string;
  readonly advance: (id: string) => Promise<void>;
}

const RETRY_MS = 2_000;

export class Rounds implements Disposable {
  readonly #ports: RoundsPorts;
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  #isOver = false;

  constructor(ports: RoundsPorts) {
    this.#ports = ports;
  }

  kick(id: string): void {
    this.#again.add(id);
    if (this.#isOver || this.#running.has(id)) return;
    this.#running.add(id);
    void this.#run(id).finally(() => {
      this.#running.delete(id);
      if (this.#again.has(id)) this.kick(id);
    });
  }

  /** Kicks it after so long, unless it is armed anew or disarmed before. */
  arm(id: string, delayMs: number): void {
    this.disarm(id);
    if (this.#isOver) return;
    const cancel = this.#ports.clock.after(Math.max(0, delayMs), () => this.kick(id));
    this.#timers.set(id, cancel);
  }

  disarm(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const cancel of this.#timers.values()) cancel();
  }

  async #run(id: string): Promise<void> {
    do {
      this.#again.delete(id);
      try {
        await this.#ports.advance(id);
      } catch (error) {
        if (this.#isOver) return;
        const { log, what } = this.#ports;
        log.error({ [what]: id, error: describeError(error) }, `a step of this ${what} broke off`);
        this.arm(id, RETRY_MS);
      }
    } while (this.#again.has(id) && !this.#isOver);
  }
}
