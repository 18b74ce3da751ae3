/** The content of files that a command names: part of what a human says yes to. */
import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ApprovalAction } from "../contract/approvals.ts";
import type { Analysis } from "../core/guard/index.ts";

export type NamedFiles = NonNullable<ApprovalAction["files"]>;

const MOST_FILES = 1_000;
const MOST_READ = 64;
/** Of a larger file, and of one beyond that many, size and time of change stand for its content. */
const LARGEST_READ = 4 * 1024 * 1024;

/** Regular files inside the workspace that a word of the text names, sorted by path. */
export function namedFiles(analysis: Analysis, workspace: string): NamedFiles {
  const root = real(workspace) ?? workspace;
  const named = analysis.actions.flatMap((action) => {
    const { cwd } = action;
    const words = action.argv.flatMap((word) => [word, word.replace(/^[^=]*=/, "")]);
    const told = action.facts.flatMap(({ path }) => path ?? []);
    return [...(cwd === null ? [] : words.map((word) => resolve(cwd, word))), ...told];
  });
  const paths = new Set(named.flatMap((path) => real(path) ?? []));
  return [...paths]
    .filter((path) => path.startsWith(`${root}/`))
    .toSorted()
    .slice(0, MOST_FILES)
    .flatMap((path, at) => contentOf(path, at < MOST_READ) ?? []);
}

function contentOf(path: string, mayRead: boolean): NamedFiles[number] | undefined {
  try {
    const found = statSync(path);
    if (!found.isFile()) return undefined;
    const { size, mtimeMs } = found;
    const content = mayRead && size <= LARGEST_READ ? readFileSync(path) : `${size} ${mtimeMs}`;
    return { path, sha256: createHash("sha256").update(content).digest("hex") };
  } catch {
    // Not readable: it cannot be run either, and once it can be, it is another action.
    return undefined;
  }
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
