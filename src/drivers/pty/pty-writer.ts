/**
 * Writes to a pty for as long as it is open. node-pty's own writer goes on with what waits when the descriptor has been
 * closed, and so into whatever has that number by then: a file, or another's connection.
 */
import { writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { IPty } from "node-pty";

/** The kernel takes some thousand bytes at a time. */
const FULL_MS = 1;

export class PtyWriter {
  readonly #socket: ReadStream;
  readonly #descriptor: number;
  #waiting: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: IPty) {
    const socket: unknown = Reflect.get(terminal, "_socket");
    const descriptor: unknown = Reflect.get(terminal, "fd");
    if (!(socket instanceof ReadStream) || typeof descriptor !== "number")
      throw new Error("this node-pty does not show what it writes to");
    this.#socket = socket;
    this.#descriptor = descriptor;
  }

  write(text: string): void {
    this.#waiting.push(Buffer.from(text));
    if (this.#timer === undefined) this.#flush();
  }

  end(): void {
    this.#waiting = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    this.#timer = undefined;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      // Set in the turn in which the descriptor is closed; only a synchronous write cannot come after it.
      if (this.#socket.destroyed) return this.end();
      const written = this.#push(first);
      if (written === undefined) return;
      if (written < first.length) this.#waiting[0] = first.subarray(written);
      else this.#waiting.shift();
    }
  }

  /** Undefined where nothing can be written now. */
  #push(bytes: Buffer): number | undefined {
    try {
      return writeSync(this.#descriptor, bytes);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EAGAIN")
        this.#timer = setTimeout(() => this.#flush(), FULL_MS);
      else this.end();
      return undefined;
    }
  }
}
