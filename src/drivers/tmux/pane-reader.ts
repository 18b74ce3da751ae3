import type { Clock, Instant } from "../../base/clock.ts";

const READ_GAP_MS = 50;
/** Reads that may follow each other at once; each comes back after `READ_GAP_MS`. */
const BURST = 3;
const FLOOD_BYTES = 32 * 1024;
const FLOOD_WINDOW_MS = 100;
const FLOOD_GAP_MS = 250;
const FLOOD_MS = 1000;

export interface PaneReaderPorts {
  readonly clock: Clock;
  /** Reads the screen and tells of it; never rejects. */
  readonly read: () => Promise<void>;
  /** Stops tmux from sending the pane's output, until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * When a pane is read: a change at once, a few in a row too, so that a redraw just before delays nobody;
 * all in all 50 ms apart, one read at a time, and a last one after the last change. A pane that floods is
 * paused for a second and read four times in it.
 */
export class PaneReader {
  readonly #ports: PaneReaderPorts;
  readonly #cancels = new Set<() => void>();
  #isReading = false;
  #isDirty = false;
  #isWaiting = false;
  #isFlooding = false;
  #provingUntil: Instant = 0;
  #lastReadAt: Instant = Number.NEGATIVE_INFINITY;
  /** Reads that may be taken now, at `#lastReadAt`; a fraction is one that is coming back. */
  #left = BURST;
  #windowStart: Instant = Number.NEGATIVE_INFINITY;
  #windowBytes = 0;
  #isDisposed = false;

  constructor(ports: PaneReaderPorts) {
    this.#ports = ports;
  }

  /** True while paused, and after that until the pane has shown that it no longer floods. */
  isFlooding(): boolean {
    return this.#isFlooding || this.#ports.clock.now() < this.#provingUntil;
  }

  output(sizeBytes: number): void {
    const now = this.#ports.clock.now();
    if (now - this.#windowStart >= FLOOD_WINDOW_MS) {
      this.#windowStart = now;
      this.#windowBytes = 0;
    }
    this.#windowBytes += sizeBytes;
    if (this.#windowBytes > FLOOD_BYTES && !this.#isFlooding) {
      this.#ports.pause();
      this.#flood();
    }
    this.markDirty();
  }

  /** tmux paused the pane by itself, because we fell behind. */
  pausedByTmux(): void {
    if (!this.#isFlooding) this.#flood();
    this.markDirty();
  }

  /** A new connection knows of no pause. */
  restart(): void {
    this.#cancelAll();
    this.#isFlooding = false;
    this.#isWaiting = false;
    this.#provingUntil = 0;
    this.markDirty();
  }

  markDirty(): void {
    this.#isDirty = true;
    this.#schedule();
  }

  /** Reads again later, whatever happens until then. */
  lookAgainIn(delayMs: number): void {
    this.#after(delayMs, () => this.markDirty());
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#cancelAll();
  }

  #schedule(): void {
    if (this.#isReading || this.#isWaiting || this.#isDisposed) return;
    const waitMs = this.#waitMs();
    if (waitMs <= 0) return this.#read();
    this.#isWaiting = true;
    this.#after(waitMs, () => {
      this.#isWaiting = false;
      this.#read();
    });
  }

  #waitMs(): number {
    // A clock that was put back must not keep anyone waiting.
    const sinceMs = Math.max(0, this.#ports.clock.now() - this.#lastReadAt);
    if (this.#isFlooding) return FLOOD_GAP_MS - sinceMs;
    return (1 - this.#left) * READ_GAP_MS - sinceMs;
  }

  #read(): void {
    this.#isDirty = false;
    this.#isReading = true;
    const now = this.#ports.clock.now();
    const backMs = Math.max(0, now - this.#lastReadAt);
    this.#left = Math.max(0, Math.min(BURST, this.#left + backMs / READ_GAP_MS) - 1);
    this.#lastReadAt = now;
    void this.#ports.read().then(() => {
      this.#isReading = false;
      if (this.#isDirty || this.#isFlooding) this.#schedule();
    });
  }

  #flood(): void {
    this.#isFlooding = true;
    this.#after(FLOOD_MS, () => {
      this.#isFlooding = false;
      this.#windowBytes = 0;
      this.#provingUntil = this.#ports.clock.now() + FLOOD_WINDOW_MS;
      this.#ports.resume();
      this.lookAgainIn(FLOOD_WINDOW_MS);
    });
  }

  #after(delayMs: number, run: () => void): void {
    const cancel = this.#ports.clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
  }

  #cancelAll(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }
}
