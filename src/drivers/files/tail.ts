/**
 * Follows a file that another program appends lines to, by offset and inode: what was read is not read again.
 * It may not exist yet, be cut short, or be replaced; then it is read from its beginning.
 */
import { constants, type FSWatcher, watch } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { type Line, LineSplitter } from "../../core/transcripts/index.ts";

export interface TailPosition {
  readonly inode: string;
  readonly offset: number;
}

export interface TailOptions {
  /** Where to go on; `end` skips what is there already, `start` reads it. */
  readonly from: TailPosition | "start" | "end";
  /** Complete lines, in order. `offset` is behind the last. */
  readonly onLines: (lines: readonly Line[], position: TailPosition) => void;
  /** How many bytes were read of it, lines or not. */
  readonly onBytes?: (total: number) => void;
  /** The file is another one, or was cut short: what follows may repeat what was told before. */
  readonly onReset: () => void;
  readonly onError: (error: unknown) => void;
}

export interface Tail extends Disposable {
  readonly path: string;
  /** Reads what is new; resolves once it was told. Its own watch calls this on every change. */
  poke(): Promise<void>;
}

/** Whatever comes in its place is another file. */
const GONE = "gone";
const CHUNK_BYTES = 64 * 1024;
/** What stands there may be a pipe, whose opening would never return. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

export function tailFile(path: string, options: TailOptions): Tail {
  return new FileTail(path, options);
}

class FileTail implements Tail {
  readonly path: string;
  readonly #options: TailOptions;
  #inode: string | undefined;
  #splitter = new LineSplitter(0);
  /** Bytes read, an unfinished line included. */
  #read = 0;
  #watcher: FSWatcher | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #isOver = false;

  constructor(path: string, options: TailOptions) {
    this.path = path;
    this.#options = options;
    if (typeof options.from !== "string") this.#seek(options.from.inode, options.from.offset);
  }

  poke(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    this.#watch();
    this.#again = true;
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#watcher?.close();
  }

  /** The folder, since the file may not be there yet; nor may the folder, until the next poke. */
  #watch(): void {
    if (this.#watcher !== undefined) return;
    const name = basename(this.path);
    try {
      this.#watcher = watch(dirname(this.path), (_event, changed) => {
        if (changed === null || changed === name) void this.poke();
      });
      this.#watcher.on("error", () => this.#unwatch());
    } catch {
      // No such folder yet, or no watches left: pokes go on.
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  async #drain(): Promise<void> {
    while (this.#again && !this.#isOver) {
      this.#again = false;
      try {
        await this.#readNew();
      } catch (error) {
        if (!isMissing(error)) this.#options.onError(error);
        else if (this.#inode !== undefined) this.#inode = GONE;
      }
    }
  }

  async #readNew(): Promise<void> {
    const file = await open(this.path, FLAGS);
    try {
      const { ino, size, isFile } = await facts(file);
      if (!isFile) return;
      this.#place(ino, size);
      await this.#readOn(file, ino);
    } finally {
      await file.close();
    }
  }

  #place(inode: string, size: number): void {
    if (this.#inode === undefined) {
      this.#seek(inode, this.#options.from === "end" ? size : 0);
    } else if (inode !== this.#inode || size < this.#read) {
      this.#seek(inode, 0);
      this.#options.onReset();
    }
  }

  #seek(inode: string, offset: number): void {
    this.#inode = inode;
    this.#splitter = new LineSplitter(offset);
    this.#read = offset;
  }

  async #readOn(file: FileHandle, inode: string): Promise<void> {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    while (!this.#isOver) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, this.#read);
      if (bytesRead === 0) return;
      this.#read += bytesRead;
      this.#options.onBytes?.(this.#read);
      const lines = [...this.#splitter.push(buffer.subarray(0, bytesRead))];
      const position = { inode, offset: this.#splitter.offset };
      if (lines.length > 0) this.#options.onLines(lines, position);
    }
  }
}

async function facts(file: FileHandle): Promise<{ ino: string; size: number; isFile: boolean }> {
  const stat = await file.stat({ bigint: true });
  // The number alone may be given to the next file at once.
  return { ino: `${stat.ino}.${stat.birthtimeNs}`, size: Number(stat.size), isFile: stat.isFile() };
}

function isMissing(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}
