/** `approvals/audit.jsonl` and `approvals/head.json`: readable by their owner alone, never rotated. */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  truncateSync,
} from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { type AuditHead, auditHead } from "../../contract/audit.ts";

const NEWLINE = 0x0a;
const CHUNK_BYTES = 65_536;

export interface AuditFiles {
  /** Undefined where there is none, or none that can be read. */
  readHead(): AuditHead | undefined;
  /** Whole or not at all. */
  writeHead(head: AuditHead): Promise<void>;
  bytes(): number;
  /** Removes what a crash left of a line at the end. */
  dropUnfinished(): void;
  /** The complete line that ends there. */
  lineBefore(end: number): string | undefined;
  append(lines: string): Promise<void>;
}

export function openAuditFiles(folder: string): AuditFiles {
  const mirror = mirrorFile(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const bytes = (): number => statSync(mirror, { throwIfNoEntry: false })?.size ?? 0;
  return {
    readHead: () => readAuditHead(folder),
    writeHead: async (head) => {
      const next = join(folder, "head.json.next");
      await writeSynced(next, "w", `${JSON.stringify(head, null, 2)}\n`);
      await rename(next, headFile(folder));
    },
    bytes,
    dropUnfinished: () => {
      const size = bytes();
      if (size === 0) return;
      const end = withFile(mirror, (file) => lineStart(file, size));
      if (end < size) truncateSync(mirror, end);
    },
    lineBefore: (end) => {
      if (end < 2 || end > bytes()) return undefined;
      return withFile(mirror, (file) => {
        const start = lineStart(file, end - 1);
        const line = readPart(file, start, end);
        return line.at(-1) === NEWLINE ? line.subarray(0, -1).toString() : undefined;
      });
    },
    append: (lines) => writeSynced(mirror, "a", lines),
  };
}

export function readAuditHead(folder: string): AuditHead | undefined {
  try {
    return auditHead.parse(JSON.parse(readFileSync(headFile(folder), "utf8")));
  } catch {
    return undefined;
  }
}

/** The complete lines that are there now; what is written later is not looked at. */
export function readAuditLines(folder: string): Iterable<string> {
  const file = mirrorFile(folder);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return size === 0 ? [] : linesOf(file, size);
}

function* linesOf(path: string, size: number): Generator<string> {
  const file = openSync(path, "r");
  try {
    let rest = Buffer.alloc(0);
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      const held = Buffer.concat([rest, readPart(file, at, Math.min(at + CHUNK_BYTES, size))]);
      let from = 0;
      for (let end = held.indexOf(NEWLINE); end >= 0; end = held.indexOf(NEWLINE, from)) {
        yield held.subarray(from, end).toString();
        from = end + 1;
      }
      rest = held.subarray(from);
    }
  } finally {
    closeSync(file);
  }
}

/** Just behind the last newline before `end`. */
function lineStart(file: number, end: number): number {
  for (let to = end; to > 0; to -= CHUNK_BYTES) {
    const from = Math.max(0, to - CHUNK_BYTES);
    const found = readPart(file, from, to).lastIndexOf(NEWLINE);
    if (found >= 0) return from + found + 1;
  }
  return 0;
}

function readPart(file: number, from: number, to: number): Buffer {
  const buffer = Buffer.alloc(Math.max(0, Math.min(to, fstatSync(file).size) - from));
  const count = readSync(file, buffer, 0, buffer.length, from);
  return buffer.subarray(0, count);
}

function withFile<T>(path: string, work: (file: number) => T): T {
  const file = openSync(path, "r");
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

async function writeSynced(path: string, flag: "a" | "w", text: string): Promise<void> {
  const file = await open(path, flag, 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
}

function mirrorFile(folder: string): string {
  return join(folder, "audit.jsonl");
}

function headFile(folder: string): string {
  return join(folder, "head.json");
}
