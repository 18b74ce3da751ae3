/** Calls a tool as Claude Code does: its hooks are asked first, by the settings that it was started with. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { environment } from "../base/environment.ts";
import { describeError } from "../base/errors.ts";
import { type Outcome, runShell } from "./shell.ts";

export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ToolOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** The file of `--settings`; without one nothing is asked. */
  readonly settings: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;
type Gate = { readonly runs: true } | { readonly runs: false; readonly reason: string };

export async function callTool(call: ToolCall, options: ToolOptions): Promise<Outcome> {
  const told = {
    session_id: "scripted",
    transcript_path: "/dev/null",
    cwd: options.cwd,
    permission_mode: "default",
    tool_name: call.name,
    tool_input: call.input,
    tool_use_id: `toolu_${randomUUID()}`,
  };
  try {
    const gate = await askHooks(options, { ...told, hook_event_name: "PreToolUse" });
    if (!gate.runs) return { code: 126, output: `blocked: ${gate.reason}` };
    const outcome = await run(call, options);
    await tellHooks(options, { ...told, hook_event_name: "PostToolUse", tool_response: outcome });
    return outcome;
  } catch (error) {
    return { code: 1, output: describeError(error) };
  }
}

async function run({ name, input }: ToolCall, { cwd, signal }: ToolOptions): Promise<Outcome> {
  const { command, file_path: file, content } = input;
  if (name === "Bash" && typeof command === "string")
    return runShell(lineOf(command), { cwd, signal, shell: "bash" });
  if (name !== "Write" || typeof file !== "string" || typeof content !== "string")
    return { code: 0, output: `${name} is only asked about` };
  writeFileSync(resolve(cwd, file), content);
  return { code: 0, output: `wrote ${file}` };
}

/** As 2.1.329 puts it to its shell. */
function lineOf(command: string): string {
  const home = environment()["HOME"] ?? "/";
  const snapshot = join(home, ".claude/shell-snapshots/snapshot-bash-1-scripted.sh");
  const quoted = `'${command.replaceAll("'", `'"'"'`)}'`;
  return `source ${snapshot} 2>/dev/null || true && \\builtin shopt -u extglob 2>/dev/null || true && eval ${quoted} < /dev/null && pwd -P >| ${join(tmpdir(), `claude-${process.pid}-cwd`)}`;
}

async function askHooks({ settings, cwd, signal }: ToolOptions, payload: Json): Promise<Gate> {
  for (const hook of hooksOf(settings, "PreToolUse")) {
    const { command, timeout, onFailure } = hook;
    if (typeof command !== "string" || typeof timeout !== "number") continue;
    const ran = await runHook(command, JSON.stringify(payload), {
      cwd,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout * 1_000)]),
    });
    if (ran.code === 2) return { runs: false, reason: ran.stderr.trim() };
    if (ran.code !== 0) {
      if (onFailure === "block") return { runs: false, reason: "its hook failed" };
      continue;
    }
    const said = decisionOf(ran.stdout);
    if (said?.["permissionDecision"] === "deny")
      return { runs: false, reason: String(said["permissionDecisionReason"]) };
  }
  return { runs: true };
}

function decisionOf(stdout: string): Json | undefined {
  try {
    const said: unknown = JSON.parse(stdout);
    return isRecord(said) && isRecord(said["hookSpecificOutput"])
      ? said["hookSpecificOutput"]
      : undefined;
  } catch {
    // It takes what is no JSON for words.
    return undefined;
  }
}

interface HookRan {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runHook(
  command: string,
  payload: string,
  { cwd, signal }: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<HookRan> {
  const { promise, resolve: settle } = Promise.withResolvers<HookRan>();
  const child = spawn("/bin/sh", ["-c", command], { cwd, signal, killSignal: "SIGKILL" });
  const heard = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      heard[name] += text;
    });
  child.on("error", () => settle({ code: 1, ...heard }));
  child.on("close", (code) => settle({ code: code ?? 1, ...heard }));
  // One that ends before it has read all is judged by its code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(payload);
  return promise;
}

async function tellHooks({ settings, signal }: ToolOptions, payload: Json): Promise<void> {
  for (const { url } of hooksOf(settings, String(payload["hook_event_name"]))) {
    if (typeof url !== "string") continue;
    const authorization = `Bearer ${environment()["CONDUCTOR_TOKEN"] ?? ""}`;
    await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body: JSON.stringify(payload),
      signal,
    }).catch(() => undefined);
  }
}

function hooksOf(settings: string | undefined, event: string): readonly Json[] {
  if (settings === undefined) return [];
  const read: unknown = JSON.parse(readFileSync(settings, "utf8"));
  const hooks = isRecord(read) && isRecord(read["hooks"]) ? read["hooks"][event] : undefined;
  return records(hooks).flatMap((matcher) => records(matcher["hooks"]));
}

function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
