/**
 * What an attempt left behind: what it changed, what its tests say, what its agent said and what it took. It shows
 * what was done and decides nothing. Texts are blobs without secrets, and bounded.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { AttemptView, CheckRun } from "../contract/execution.ts";
import { type NewEvidence, newEvidence } from "../contract/tasks.ts";
import { redact } from "../core/policy/index.ts";
import { addCounts, readJunit, type TestCounts } from "../core/tasks/index.ts";
import type { Terminal } from "../core/terminals/index.ts";
import type { Blobs } from "../drivers/files/index.ts";
import type { RunCommand } from "./agent-commands.ts";

export interface EvidencePorts {
  readonly run: RunCommand;
  readonly blobs: Blobs;
  readonly log: Logger;
  /** The session file of its agent. */
  readonly sessionFile: (terminalId: string) => Promise<string | undefined>;
}

export interface EvidenceAsked {
  readonly attempt: AttemptView;
  readonly terminal: Terminal | undefined;
  readonly signal: AbortSignal;
}

export type CollectEvidence = (asked: EvidenceAsked) => Promise<NewEvidence[]>;

const MAX_BYTES = 1024 * 1024;
const GIT_MS = 20_000;
const MOST_COMMITS = 100;

export function createEvidence(ports: EvidencePorts): CollectEvidence {
  const parts = [changes, commits, check, tests, transcript, usage];
  return async (asked) => {
    const found: NewEvidence[] = [];
    for (const part of parts) {
      try {
        found.push(...(await part(ports, asked)));
      } catch (error) {
        // It decides nothing, so that what cannot be had of it holds nothing up.
        const fields = { task: asked.attempt.taskId, error: describeError(error) };
        ports.log.warn(fields, `no evidence: ${part.name}`);
      }
    }
    return found;
  };
}

async function changes(ports: EvidencePorts, asked: EvidenceAsked): Promise<NewEvidence[]> {
  const { base } = asked.attempt;
  if (base === null) return [];
  const diff = await git(ports, asked, ["diff", "--no-color", "--no-ext-diff", base, "--"]);
  const listed = await git(ports, asked, ["ls-files", "--others", "--exclude-standard"]);
  if (diff === undefined || listed === undefined) return [];
  const untracked = listed.split("\n").filter(Boolean);
  if (diff === "" && untracked.length === 0) return [];
  const files = [...diff.matchAll(/^diff --git a\/.* b\/(.*)$/gm)].flatMap(
    ([, name]) => name ?? [],
  );
  const text =
    untracked.length === 0 ? diff : `${diff}\nuntracked files:\n${untracked.join("\n")}\n`;
  const changed = files.length + untracked.length;
  const summary = `${changed} ${changed === 1 ? "file" : "files"} changed since ${base.slice(0, 12)}`;
  const data = { base, files: files.slice(0, 100), untracked: untracked.slice(0, 100) };
  return [await stored(ports, { kind: "diff", summary, text, data })];
}

async function commits(ports: EvidencePorts, asked: EvidenceAsked): Promise<NewEvidence[]> {
  const { base } = asked.attempt;
  if (base === null) return [];
  const range = `${base}..HEAD`;
  const args = ["log", `--max-count=${MOST_COMMITS}`, "--no-color", "--format=%H %s", range];
  const made = (await git(ports, asked, args))?.split("\n").filter(Boolean) ?? [];
  if (made.length === 0) return [];
  const list = made.map((line) => {
    const [hash = "", ...words] = line.split(" ");
    return { hash, subject: redact(words.join(" ")).slice(0, 200) };
  });
  const summary = `${made.length} ${made.length === 1 ? "commit" : "commits"}: ${list[0]?.subject ?? ""}`;
  return [newEvidence.parse({ kind: "commits", summary, data: { base, commits: list } })];
}

async function check(_ports: EvidencePorts, { attempt }: EvidenceAsked): Promise<NewEvidence[]> {
  return attempt.check === null ? [] : [checkEvidence(attempt.check)];
}

export function checkEvidence(run: CheckRun): NewEvidence {
  const { command, outcome, exitCode, ms, blob, bytes } = run;
  const how = outcome === "refused" ? "was refused" : `${outcome}, exit code ${exitCode ?? "none"}`;
  const data = { command: redact(command).slice(0, 1_000), outcome, exitCode, ms };
  return newEvidence.parse({ kind: "check", summary: `the check ${how}`, blob, bytes, data });
}

const SKIPPED = new Set(["node_modules", ".git", "vendor", ".venv", "target/classes"]);
const MOST_FOLDERS = 500;
const DEEPEST = 5;
const MOST_REPORTS = 200;
const MAX_REPORT_BYTES = 5 * MAX_BYTES;

/** From JUnit reports that were written since the attempt began; else the check's exit code is all that is known. */
async function tests(_ports: EvidencePorts, { attempt }: EvidenceAsked): Promise<NewEvidence[]> {
  const { folder, createdAt } = attempt;
  if (folder === null) return [];
  const found: { readonly file: string; readonly counts: TestCounts }[] = [];
  for (const file of await reportsIn(folder, createdAt)) {
    const counts = readJunit(await readFile(file, "utf8"));
    if (counts !== undefined) found.push({ file, counts });
  }
  if (found.length === 0) return [];
  const { failures, ...counts } = addCounts(found.map((each) => each.counts));
  const summary = `${counts.tests} tests, ${counts.failed} failed, ${counts.skipped} skipped`;
  const data = {
    ...counts,
    failures: failures.map(redact),
    reports: found.slice(0, 20).map((f) => f.file),
  };
  return [newEvidence.parse({ kind: "tests", summary, data })];
}

async function reportsIn(folder: string, since: number): Promise<string[]> {
  const found: string[] = [];
  const open: { readonly path: string; readonly depth: number }[] = [{ path: folder, depth: 0 }];
  for (let seen = 0; seen < MOST_FOLDERS; seen += 1) {
    const next = open.shift();
    if (next === undefined || found.length >= MOST_REPORTS) break;
    const entries = await readdir(next.path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(next.path, entry.name);
      if (entry.isDirectory() && next.depth < DEEPEST && !SKIPPED.has(entry.name))
        open.push({ path, depth: next.depth + 1 });
      if (!entry.isFile() || !/(?:junit|test|surefire|report|result).*\.xml$/i.test(path)) continue;
      const { mtimeMs, size } = await stat(path);
      if (mtimeMs >= since && size <= MAX_REPORT_BYTES) found.push(path);
    }
  }
  return found;
}

const TRANSCRIPT_BYTES = 256 * 1024;

/** The end of the agent's own session file; of a CLI that writes none, what its pane shows. */
async function transcript(
  ports: EvidencePorts,
  { attempt, terminal }: EvidenceAsked,
): Promise<NewEvidence[]> {
  const file = await ports.sessionFile(attempt.terminalId);
  const own = file === undefined ? undefined : await readFile(file, "utf8").catch(() => undefined);
  const text = own ?? terminal?.lastLook?.screen.text ?? attempt.end?.text ?? "";
  if (text.trim() === "") return [];
  const slice = own === undefined ? text : endOf(own, TRANSCRIPT_BYTES);
  const source = own === undefined ? "screen" : "session file";
  return [
    await stored(ports, {
      kind: "transcript",
      summary: `from its ${source}`,
      text: slice,
      data: { source },
    }),
  ];
}

/** Whole lines. */
function endOf(text: string, bytes: number): string {
  if (text.length <= bytes) return text;
  const cut = text.slice(-bytes);
  return cut.slice(cut.indexOf("\n") + 1);
}

async function usage(_ports: EvidencePorts, { attempt }: EvidenceAsked): Promise<NewEvidence[]> {
  const took = attempt.end?.usage ?? null;
  if (took === null) return [];
  const summary = `${took.input} tokens in, ${took.output} out`;
  return [newEvidence.parse({ kind: "usage", summary, data: { ...took } })];
}

interface Text extends Pick<NewEvidence, "kind" | "summary" | "data"> {
  readonly text: string;
}

async function stored({ blobs }: EvidencePorts, { kind, summary, text, data }: Text) {
  const kept = redact(text).slice(0, MAX_BYTES);
  const blob = await blobs.put(kept);
  const isCut = kept.length < text.length;
  const about = { ...data, ...(isCut ? { isCut } : {}) };
  return newEvidence.parse({ kind, summary, blob, bytes: Buffer.byteLength(kept), data: about });
}

/** An agent may have written the repository's hooks: none runs. */
const UNHOOKED = [
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.quotePath=false",
];

/** Undefined where git cannot tell. */
async function git(
  { run }: EvidencePorts,
  { attempt: { folder }, terminal, signal }: EvidenceAsked,
  args: readonly string[],
): Promise<string | undefined> {
  if (folder === null || terminal === undefined) return undefined;
  const words = ["git", ...UNHOOKED, "--no-optional-locks", "-C", folder, ...args];
  const ran = await run(terminal, words, {
    timeoutMs: GIT_MS,
    signal,
    maxBytes: 2 * MAX_BYTES,
    isOwn: true,
  });
  return ran.exitCode === 0 ? ran.output : undefined;
}

/** The commit that stands in that folder. */
export async function baseOf(
  { run }: Pick<EvidencePorts, "run">,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<string | null> {
  const { cwd } = terminal.record;
  if (!(await isInRepository(cwd))) return null;
  const words = ["git", ...UNHOOKED, "-C", cwd, "rev-parse", "--verify", "HEAD"];
  const ran = await run(terminal, words, { timeoutMs: GIT_MS, signal, isOwn: true });
  const commit = ran.output.trim();
  return ran.exitCode === 0 && /^[0-9a-f]{40,64}$/.test(commit) ? commit : null;
}

/** Git itself is asked only where there is something to tell: to start a process holds up the whole daemon. */
async function isInRepository(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const isHere = await stat(join(at, ".git")).then(
      () => true,
      () => false,
    );
    if (isHere || dirname(at) === at) return isHere;
  }
}
