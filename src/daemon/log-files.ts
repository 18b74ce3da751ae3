/** Log files on disk: moved aside when they are full, removed when they are old. */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { LogSlice } from "../contract/input.ts";

/** FILE becomes FILE.1, FILE.1 becomes FILE.2; of those at most `keep` stay, the newest. */
export function rotateFile(file: string, keep: number): void {
  rmSync(`${file}.${keep}`, { force: true });
  for (let age = keep - 1; age >= 1; age -= 1) moveIfThere(`${file}.${age}`, `${file}.${age + 1}`);
  if (keep > 0) moveIfThere(file, `${file}.1`);
  else rmSync(file, { force: true });
}

function moveIfThere(from: string, to: string): void {
  if (existsSync(from)) renameSync(from, to);
}

/** Whole characters from an offset on, the end without one; from the start where the file is shorter by now. */
export function readSlice(
  file: string,
  asked: { offset?: number | undefined; limit: number },
): LogSlice {
  const size = sizeOf(file);
  if (size === 0) return { offset: 0, text: "", next: 0, size };
  const { offset = Math.max(0, size - asked.limit), limit } = asked;
  const start = offset > size ? 0 : offset;
  const bytes = bytesAt(file, start, Math.min(limit, size - start));
  const skipped = start === 0 ? 0 : Math.min(3, leading(bytes));
  const whole = bytes.subarray(skipped, bytes.length - cut(bytes));
  const from = start + skipped;
  return { offset: from, text: whole.toString("utf8"), next: from + whole.length, size };
}

function bytesAt(file: string, start: number, count: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(count);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, count, start));
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes of a character that began before. */
function leading(bytes: Buffer): number {
  const first = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return first === -1 ? bytes.length : first;
}

/** Bytes at the end of a character that is not whole. */
function cut(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** 0 where the file is not there. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

export interface LogFile {
  readonly path: string;
  /** The terminal it belongs to. */
  readonly terminalId: string;
  /** 0 for the one in use, then 1, 2 … from young to old. */
  readonly age: number;
  readonly changedAt: number;
}

/** The logs of terminals in a folder; files of any other name are nobody's business here. */
export function listLogs(folder: string): readonly LogFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const match = /^(t_[\w-]+)\.log(?:\.(\d{1,3}))?$/.exec(name);
    const path = join(folder, name);
    const found = match === null ? undefined : statSync(path, { throwIfNoEntry: false });
    if (match === null || found === undefined) return [];
    const [, terminalId = "", age = "0"] = match;
    return [{ path, terminalId, age: Number(age), changedAt: found.mtimeMs }];
  });
}
