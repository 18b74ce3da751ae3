/** Whether a rule's match holds for one command. Different keys are AND, several values of one key are OR. */
import type { Instant } from "../../base/clock.ts";
import type { Action, AnalysisFlag, Fact } from "../guard/index.ts";
import type { Match, Tool } from "./schema.ts";

/** What a rule is asked about. */
export interface Question {
  readonly action: Action;
  /** Of the text as a whole. */
  readonly flags: readonly AnalysisFlag[];
  readonly workspace: string;
  readonly home: string;
  readonly labels: readonly string[];
  readonly tool: Tool;
  /** Names, for `when`. */
  readonly agent?: string;
  readonly session?: string;
  /** When it is asked, for `when`; without it a condition on the time cannot be told. */
  readonly time?: Instant;
}

/**
 * @param whole  every fact must be among `does` and `paths` (for `allow`), instead of any of them
 */
export function matches(match: Match, question: Question, whole: boolean): boolean {
  return (
    holds(match.analysis, (flags) => flags.some((flag) => isFlagged(question, flag))) &&
    holds(match.does, (deeds) => does(question.action, deeds, whole)) &&
    holds(match.command, (command) => isCommand(question.action, listOf(command))) &&
    flagged(match, question.action) &&
    holds(match.paths, (paths) => touches(question, paths, whole)) &&
    holds(match.redirects, (redirects) => redirectsTo(question, redirects)) &&
    holds(match.dynamic, (dynamic) => question.action.dynamic === dynamic) &&
    holds(match.labels, (labels) => labelled(question.labels, labels)) &&
    holds(match.tool, (tools) => tools.includes(question.tool))
  );
}

const SHELLS = /^(sh|bash|dash|zsh|ksh|fish|eval|source|\.)$/;

/** Some reasons are the whole text's, some a command's. */
function isFlagged(
  { action, flags }: Question,
  flag: NonNullable<Match["analysis"]>[number],
): boolean {
  if (flag === "parse_error" || flag === "limit") return flags.includes(flag);
  if (!action.facts.some(({ deed }) => deed === "run-unresolved")) return false;
  const [program = ""] = action.words;
  const isShell = SHELLS.test(program);
  return flag === "pipe_to_shell_unknown" ? isShell : action.dynamic && !isShell;
}

function holds<T>(key: T | undefined, test: (value: T) => boolean): boolean {
  return key === undefined || test(key);
}

export function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

function does(action: Action, deeds: readonly string[], whole: boolean): boolean {
  const among = (fact: Fact): boolean => deeds.includes(fact.deed);
  if (!whole) return action.facts.some(among);
  return action.facts.length > 0 && action.facts.every(among);
}

function isCommand(action: Action, commands: readonly string[]): boolean {
  return commands.some((command) => {
    const wanted = command.split(/\s+/);
    return wanted.every((word, at) => action.words[at] === word);
  });
}

/** `flags` and `refspec` are alternatives: either makes a push a forced one. */
function flagged(match: Match, action: Action): boolean {
  if (match.flags === undefined && match.refspec === undefined) return true;
  const { flags = [], refspec } = match;
  return (
    flags.some((flag) => hasFlag(action.argv, flag)) ||
    (refspec !== undefined && action.words.slice(2).some((word) => glob(refspec).test(word)))
  );
}

function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf("--");
  const words = argv.slice(1, end < 0 ? undefined : end);
  if (/^-[^-]$/.test(flag)) {
    const letter = flag.slice(1);
    return words.some((word) => /^-[^-]/.test(word) && word.slice(1).includes(letter));
  }
  return words.some((word) => {
    const name = word.replace(/=.*$/s, "");
    return name === flag || (name.length > 4 && name.startsWith("--") && flag.startsWith(name));
  });
}

function touches(question: Question, paths: NonNullable<Match["paths"]>, whole: boolean): boolean {
  const touched = question.action.facts.flatMap((fact) => (fact.path ? [fact.path] : []));
  if (touched.length === 0) return false;
  const test = (path: string): boolean => isPath(path, paths, question);
  return whole ? touched.every(test) : touched.some(test);
}

function isPath(path: string, paths: NonNullable<Match["paths"]>, question: Question): boolean {
  const inside = isUnder(path, question.workspace);
  if (paths === "inside_workspace") return inside;
  if (paths === "outside_workspace") return !inside;
  return listOf(paths).some((pattern) => isGlob(path, pattern, question));
}

/** A pattern is absolute, below `~`, or below the workspace. */
function isGlob(path: string, pattern: string, question: Question): boolean {
  if (pattern.startsWith("**/")) return glob(`/${pattern}`).test(path);
  const base = pattern.startsWith("/")
    ? ""
    : `${pattern.startsWith("~") ? question.home : question.workspace}/`;
  return glob(`${base}${pattern.replace(/^~\//, "")}`).test(path);
}

function isUnder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Any part of the path below one of these folders, by name or by glob. */
export function isUnderAny(path: string, folders: readonly string[], question: Question): boolean {
  if (!isUnder(path, question.workspace)) return false;
  const parts = path.slice(question.workspace.length + 1).split("/");
  return folders.some((folder) => parts.some((part) => glob(folder).test(part)));
}

function redirectsTo(question: Question, redirects: NonNullable<Match["redirects"]>): boolean {
  const { redirects: to } = question.action;
  if (redirects === "none") return to.length === 0;
  if (redirects === "none_outside_workspace")
    return to.every((path) => isUnder(path, question.workspace));
  return to.some((path) => redirects.some((pattern) => isGlob(path, pattern, question)));
}

function labelled(labels: readonly string[], wanted: NonNullable<Match["labels"]>): boolean {
  if ("not" in wanted) return !wanted.not.some((label) => labels.includes(label));
  return wanted.some((label) => labels.includes(label));
}

const globs = new Map<string, RegExp>();

/** `*` within one part of a path, `**` over parts, `?` one character. */
function glob(pattern: string): RegExp {
  const known = globs.get(pattern);
  if (known !== undefined) return known;
  const source = pattern.replace(/\*\*\/?|\*|\?|[.+^${}()|[\]\\]/g, (found) => {
    if (found === "**/") return "(?:.*/)?";
    if (found === "**") return ".*";
    if (found === "*") return "[^/]*";
    return found === "?" ? "[^/]" : `\\${found}`;
  });
  const made = new RegExp(`^${source}$`, "s");
  globs.set(pattern, made);
  return made;
}
