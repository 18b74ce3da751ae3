import { closeSync, fstatSync, openSync, readSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { ConductorError } from "../../base/errors.ts";
import { printable } from "../../base/printable.ts";
import type { Context } from "./context.ts";

const TAIL_BYTES = 256 * 1024;
const PIECE_BYTES = 64 * 1024;

/** Prints the last lines of a log and, with `follow`, what is added, also after it was rotated. */
export async function showLog(
  context: Context,
  file: string,
  options: { follow?: boolean; lines: number; raw?: boolean },
): Promise<void> {
  const log = new LogFile(file);
  const show = (text: string): void => {
    if (text !== "") context.stdout.write(options.raw === true ? text : printable(text));
  };
  try {
    show(log.tail(Math.max(0, Math.floor(options.lines) || 0)));
    if (options.follow === true) await growing(context.signal, file, () => show(log.added()));
  } finally {
    log.close();
  }
}

/** Calls `onChange` for every change of the file until the signal; a folder's watch outlives rotation. */
function growing(signal: AbortSignal, file: string, onChange: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(dirname(file), { signal });
    watcher.on("change", (_kind, name) => {
      if (name === null || String(name) === basename(file)) onChange();
    });
    watcher.once("error", reject);
    watcher.once("close", () => resolve());
    // What was added between the tail and the watch.
    onChange();
  });
}

class LogFile {
  readonly #path: string;
  #descriptor: number;
  #inode: number;
  #position = 0;
  #decoder = new TextDecoder();

  constructor(path: string) {
    this.#path = path;
    this.#descriptor = this.#open();
    this.#inode = fstatSync(this.#descriptor).ino;
  }

  tail(lines: number): string {
    const { size } = fstatSync(this.#descriptor);
    this.#position = Math.max(0, size - TAIL_BYTES);
    const isCut = this.#position > 0;
    const text = this.#rest().split("\n");
    const whole = isCut ? text.slice(1) : text;
    return lines === 0 ? "" : whole.slice(-lines - 1).join("\n");
  }

  added(): string {
    const before = this.#rest();
    return this.#isRotated() ? before + this.#reopened() : before;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #rest(): string {
    const { size } = fstatSync(this.#descriptor);
    if (size < this.#position) this.#position = 0;
    let text = "";
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const count = readSync(this.#descriptor, piece, 0, PIECE_BYTES, this.#position);
      if (count === 0) return text;
      this.#position += count;
      text += this.#decoder.decode(piece.subarray(0, count), { stream: true });
    }
  }

  #isRotated(): boolean {
    let descriptor: number;
    try {
      descriptor = openSync(this.#path, "r");
    } catch {
      return false;
    }
    const { ino } = fstatSync(descriptor);
    closeSync(descriptor);
    return ino !== this.#inode;
  }

  #reopened(): string {
    closeSync(this.#descriptor);
    this.#descriptor = this.#open();
    this.#inode = fstatSync(this.#descriptor).ino;
    this.#position = 0;
    this.#decoder = new TextDecoder();
    return this.#rest();
  }

  #open(): number {
    try {
      return openSync(this.#path, "r");
    } catch (error) {
      throw new ConductorError("not_found", `there is no log ${this.#path}`, { cause: error });
    }
  }
}
