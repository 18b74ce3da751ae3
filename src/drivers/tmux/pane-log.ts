import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { createStreamScan } from "./stream-scan.ts";

const TAIL_BYTES = 256 * 1024;

/** The log exists before tmux appends to it, so that only its owner can read it. */
export function prepareLog(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, "a", 0o600));
}

/**
 * Whether the app had asked for bracketed paste, by the last such sequence in the end of a pane's log;
 * `undefined` where the log does not say. What was missed live stands there.
 * @param from  where this launch begins in it: an app of before asked for itself
 */
export async function bracketedByLog(path: string, from: number): Promise<boolean | undefined> {
  const size = sizeOfLog(path);
  if (size >= from && from > 0) return lastWord(path, from);
  return (await lastWord(path, 0)) ?? lastWord(`${path}.1`, 0);
}

export function sizeOfLog(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

async function lastWord(path: string, from: number): Promise<boolean | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const length = Math.min(size - from, TAIL_BYTES);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
      const marks = createStreamScan("")(buffer);
      return marks.findLast((mark) => mark.kind === "bracketed")?.isOn;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
