/** Whether two locks stand in each other's way. Pure. */
import picomatch from "picomatch";
import { ConductorError } from "../../base/errors.ts";
import type { TaskLock } from "../../contract/tasks.ts";

/** A lock in its project; locks of different projects never meet. */
export interface PlacedLock extends TaskLock {
  readonly project: string | null;
}

/**
 * The one spelling of a glob: no `./`, no doubled slashes, a folder with all that is in it.
 * @throws {ConductorError} `task.bad_glob`
 */
export function normalGlob({ kind, glob }: Pick<TaskLock, "kind" | "glob">): string {
  const segments = glob.split("/").filter((part, at) => part !== "." && (part !== "" || at === 0));
  const why = objection(glob, segments);
  if (why !== undefined)
    throw new ConductorError("task.bad_glob", `the lock on ${kind} ${glob} ${why}`, {
      hint: "write a path or glob from the project's folder, as src/api/** or package.json",
      data: { glob },
    });
  return glob.endsWith("/") || glob === "." ? [...segments, "**"].join("/") : segments.join("/");
}

function objection(glob: string, segments: readonly string[]): string | undefined {
  if (glob.startsWith("/")) return "is not inside a project";
  if (segments.includes("..")) return "leaves its project";
  if (/[\\\p{Cc}]/u.test(glob)) return "has a backslash or a control character";
  if (glob.startsWith("!")) return "says what is not locked";
  return isBalanced(glob) ? undefined : "has a bracket that is not closed";
}

function isBalanced(glob: string): boolean {
  return ["[]", "{}", "()"].every(([open = "", close = ""]) => {
    return glob.split(open).length === glob.split(close).length;
  });
}

/** Errs on the safe side: two patterns conflict as soon as one's fixed folders lie in the other's. */
export function locksConflict(one: PlacedLock, other: PlacedLock): boolean {
  if (one.kind !== other.kind || one.project !== other.project) return false;
  if (one.mode === "shared" && other.mode === "shared") return false;
  return globsOverlap(one.glob, other.glob);
}

/** Of normal globs. A plain path is that file, or that folder with all that is in it. */
function globsOverlap(one: string, other: string): boolean {
  const a = read(one);
  const b = read(other);
  if (!a.isPattern && !b.isPattern) return nest(one, other);
  if (a.isPattern && b.isPattern) return nest(a.base, b.base);
  const [pattern, path] = a.isPattern ? [a, other] : [b, one];
  return pattern.matches(path) || isWithin(pattern.base, path);
}

interface Glob {
  /** The folders before the first wildcard. */
  readonly base: string;
  readonly isPattern: boolean;
  readonly matches: (path: string) => boolean;
}

const known = new Map<string, Glob>();
const MOST_KNOWN = 1_000;

function read(glob: string): Glob {
  const before = known.get(glob);
  if (before !== undefined) return before;
  const { base, isGlob } = picomatch.scan(glob);
  const fresh = { base, isPattern: isGlob, matches: picomatch(glob, { dot: true }) };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(glob, fresh);
  return fresh;
}

function nest(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

function isWithin(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}
