/** Looks at one terminal as they come, for a decision that has to wait for the right one. */
import type { Clock } from "../../base/clock.ts";
import type { DeliveryLook } from "./evidence.ts";
import type { DeliverySignal, DeliveryTerminal } from "./terminal.ts";

/** A look of our own is taken only after this long without any; then less and less often. */
const FIRST_CHECK_MS = 250;
const LAST_CHECK_MS = 2_000;

export class Watch {
  readonly #terminal: DeliveryTerminal;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #stop: () => void;
  #wake: () => void = () => undefined;
  #newest: DeliveryLook | undefined;
  #hasWord = false;

  constructor(terminal: DeliveryTerminal, ports: { clock: Clock; signal: AbortSignal }) {
    this.#terminal = terminal;
    this.#clock = ports.clock;
    this.#signal = ports.signal;
    const unwatch = terminal.watch((signal) => this.#hear(signal));
    const abort = () => this.#wake();
    ports.signal.addEventListener("abort", abort);
    this.#stop = () => {
      unwatch();
      ports.signal.removeEventListener("abort", abort);
    };
  }

  /**
   * Calls `decide` with every look taken at or after `since` until it returns something.
   * `decide` bounds the time itself; without any look it is asked again with a fresh one. `said` is asked first,
   * and at each of the agent's words: for that no look is taken.
   */
  async until<T>(
    since: number,
    decide: (look: DeliveryLook) => T | undefined,
    said: () => T | undefined = () => undefined,
  ): Promise<T> {
    let checkMs = FIRST_CHECK_MS;
    for (;;) {
      this.#signal.throwIfAborted();
      const word = said();
      if (word !== undefined) return word;
      const look = this.#take(since) ?? (await this.#next(since, checkMs));
      if (look === undefined) continue;
      const decision = decide(look);
      if (decision !== undefined) return decision;
      checkMs = Math.min(checkMs * 2, LAST_CHECK_MS);
    }
  }

  close(): void {
    this.#stop();
  }

  #hear(signal: DeliverySignal): void {
    if (signal.kind === "look") this.#newest = signal.look;
    else this.#hasWord = true;
    this.#wake();
  }

  #take(since: number): DeliveryLook | undefined {
    const look = this.#newest;
    this.#newest = undefined;
    return look !== undefined && look.at >= since ? look : undefined;
  }

  /** The next look that is told, else one of our own; none where the agent itself has spoken. */
  async #next(since: number, withinMs: number): Promise<DeliveryLook | undefined> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(withinMs, resolve);
    this.#wake = resolve;
    await promise;
    cancel();
    this.#wake = () => undefined;
    this.#signal.throwIfAborted();
    const look = this.#take(since);
    if (look !== undefined) return look;
    const hadWord = this.#hasWord;
    this.#hasWord = false;
    return hadWord ? undefined : this.#terminal.look();
  }
}
