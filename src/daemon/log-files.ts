/** Log files on disk: moved aside when they are full, removed when they are old. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

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
