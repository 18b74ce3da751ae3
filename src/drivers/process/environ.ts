/** With which environment a pane's program was started, from the kernel's own books (Linux). */
import { readFileSync } from "node:fs";

/** A shell of ours and a sandbox stand between a pane and its agent. */
const DEEPEST = 4;

/** The environment of the first process at or under `pid` that has this variable; undefined where none is found. */
export function environmentUnder(
  pid: number,
  variable: string,
  depth = 0,
): Record<string, string> | undefined {
  try {
    const env = environmentAt(pid);
    if (env[variable] !== undefined) return env;
    if (depth === DEEPEST) return undefined;
    for (const child of childrenOf(pid)) {
      const found = environmentUnder(child, variable, depth + 1);
      if (found !== undefined) return found;
    }
  } catch {
    // It ended a moment ago, or is not ours to read.
  }
  return undefined;
}

function environmentAt(pid: number): Record<string, string> {
  const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}
