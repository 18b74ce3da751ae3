/** What a command would touch, and what is there now: for a person who is to judge it. */
import { type Dirent, lstatSync, opendirSync } from "node:fs";
import { join } from "node:path";
import type { ActionTarget } from "../contract/approvals.ts";
import type { Analysis, Fact } from "../core/guard/index.ts";

const LOOKS_ONLY = new Set(["read", "build", "shell-state", "network-read"]);
const MOST_TOLD = 20;
/** Over all folders together, so that a question is not kept waiting. */
const MOST_COUNTED = 1_000;

export function targetsOf(analysis: Analysis, workspace: string): ActionTarget[] {
  const facts = analysis.actions.flatMap((action) => action.facts);
  const told = new Map(
    facts.filter(({ deed }) => !LOOKS_ONLY.has(deed)).map((fact) => [fact.note, fact]),
  );
  const budget = { left: MOST_COUNTED };
  const shown = [...told.values()].slice(0, MOST_TOLD);
  const rest = told.size - shown.length;
  return [
    ...shown.map((fact) => targetOf(fact, workspace, budget)),
    ...(rest === 0 ? [] : [{ says: `and ${rest} more` }]),
  ];
}

interface Budget {
  left: number;
}

function targetOf({ note, path }: Fact, workspace: string, budget: Budget): ActionTarget {
  if (path === undefined || !path.startsWith("/") || path.startsWith("/dev/tcp/"))
    return { says: note };
  const isInside = path === workspace || path.startsWith(`${workspace}/`);
  return {
    says: note,
    path,
    place: isInside ? "workspace" : "outside",
    // What a wildcard or a part that is not known stands for is not looked up.
    ...(/[*?[\uF8FF]/.test(path) ? {} : found(path, budget)),
  };
}

function found(path: string, budget: Budget): Pick<ActionTarget, "is" | "files" | "isMore"> {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return { is: "nothing" };
  if (!status.isDirectory()) return { is: status.isSymbolicLink() ? "link" : "file" };
  const files = count(path, budget);
  return { is: "folder", files, ...(budget.left > 0 ? {} : { isMore: true }) };
}

/** Of everything below that is no folder; links are not followed. */
function count(folder: string, budget: Budget): number {
  let files = 0;
  for (const entry of entriesOf(folder)) {
    if (budget.left <= 0) return files;
    budget.left -= 1;
    files += entry.isDirectory() ? count(join(folder, entry.name), budget) : 1;
  }
  return files;
}

function* entriesOf(folder: string): Generator<Dirent> {
  const handle = opened(folder);
  if (handle === undefined) return;
  try {
    for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) yield entry;
  } finally {
    handle.closeSync();
  }
}

function opened(folder: string): ReturnType<typeof opendirSync> | undefined {
  try {
    return opendirSync(folder);
  } catch {
    // Not readable by us: then it has no number.
    return undefined;
  }
}
