import { closeSync, mkdirSync, openSync } from "node:fs";
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
 */
export async function bracketedByLog(path: string): Promise<boolean | undefined> {
  return (await lastWord(path)) ?? lastWord(`${path}.1`);
}

async function lastWord(path: string): Promise<boolean | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const length = Math.min(size, TAIL_BYTES);
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
