import { closeSync, fstatSync, openSync, readSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { ConductorError } from "../../base/errors.ts";
import type { Context } from "./context.ts";
import { present } from "./report.ts";
import { whileRead } from "./while-read.ts";

const TAIL_BYTES = 256 * 1024;
const PIECE_BYTES = 64 * 1024;

interface LogOptions {
  readonly follow?: boolean | undefined;
  readonly lines: number;
  /** Makes one line safe to show; without it the bytes go out as they are. */
  readonly clean?: ((line: string) => string) | undefined;
  /** One envelope per piece of the log, with its lines. */
  readonly json?: boolean | undefined;
}

/** Prints the last lines of a log, some from before its last rotation, and with `follow` what is added. */
export async function showLog(
  context: Pick<Context, "stdout" | "signal">,
  file: string,
  options: LogOptions,
): Promise<void> {
  const log = new LogFile(file);
  const lines = new Lines(options.clean, (text) => {
    if (options.json !== true) context.stdout.write(text);
    else present(context, true, { file, lines: text.replace(/\n$/, "").split("\n") }, () => "");
  });
  try {
    lines.add(log.tail(options.lines));
    if (options.follow === true) {
      await growing(whileRead(context), file, () => lines.add(log.added()));
    }
    lines.end();
  } finally {
    log.close();
  }
}

/** Cleans whole lines only: a sequence or a character may be cut anywhere else. */
class Lines {
  readonly #clean: LogOptions["clean"];
  readonly #write: (text: string) => void;
  #rest = "";

  constructor(clean: LogOptions["clean"], write: (text: string) => void) {
    this.#clean = clean;
    this.#write = write;
  }

  add(text: string): void {
    if (this.#clean === undefined) {
      if (text !== "") this.#write(text);
      return;
    }
    const lines: string[] = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    const clean = this.#clean;
    if (lines.length > 0) this.#write(lines.map((line) => `${clean(line)}\n`).join(""));
  }

  end(): void {
    const last = this.#clean?.(this.#rest) ?? "";
    if (last !== "") this.#write(`${last}\n`);
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

/** The last bytes of a file; none where it is not there. */
function endOf(path: string, sizeBytes: number): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, sizeBytes));
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, size - bytes.length));
  } finally {
    closeSync(descriptor);
  }
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
    const before = this.#position > 0 ? Buffer.alloc(0) : endOf(`${this.#path}.1`, TAIL_BYTES);
    const isCut = this.#position > 0 || before.length === TAIL_BYTES;
    const text = (this.#decoder.decode(before, { stream: true }) + this.#rest()).split("\n");
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
