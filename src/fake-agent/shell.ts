import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { describeError } from "../base/errors.ts";

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

const KEPT_BYTES = 64 * 1024;
// A background job keeps the pipes open after the command itself has ended.
const DRAIN_MS = 200;

/** Runs `command` in a process group of its own; an abort kills the group. */
export function runShell(
  command: string,
  options: { readonly cwd: string; readonly signal: AbortSignal; readonly shell?: string },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(options.shell ?? "sh", ["-c", command], {
      cwd: options.cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const kill = (): void => killGroup(child);
    options.signal.addEventListener("abort", kill, { once: true });
    const output = collect(child);
    const settle = (code: number, text: string): void => {
      options.signal.removeEventListener("abort", kill);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code, output: text });
    };
    child.once("error", (error) => settle(127, describeError(error)));
    child.once("exit", (code, signal) => {
      const status = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      const drained = setTimeout(() => settle(status, output()), DRAIN_MS);
      child.once("close", () => {
        clearTimeout(drained);
        settle(status, output());
      });
    });
  });
}

function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  let size = 0;
  const keep = (chunk: string): void => {
    if (size < KEPT_BYTES) chunks.push(chunk);
    size += chunk.length;
  };
  child.stdout?.setEncoding("utf8").on("data", keep);
  child.stderr?.setEncoding("utf8").on("data", keep);
  return () => chunks.join("");
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended by itself in the meantime.
  }
}
