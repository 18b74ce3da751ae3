import { spawn } from "node:child_process";
import { fstatSync } from "node:fs";
import type { Context } from "./context.ts";

/**
 * Aborts with the context, and when the pipe that is written to has lost its reader: `logs -f | head`. A process
 * is told of that by its next write, which may never come; `tail` watches its output while it waits.
 */
export function whileRead({ stdout, signal }: Pick<Context, "stdout" | "signal">): AbortSignal {
  const { fd } = stdout;
  if (fd === undefined || !fstatSync(fd).isFIFO()) return signal;
  const gone = new AbortController();
  const watcher = spawn("tail", ["-f", "/dev/null"], { stdio: ["ignore", fd, "ignore"] });
  watcher.once("exit", () => gone.abort());
  // Without such a program the next write tells.
  watcher.once("error", () => undefined);
  watcher.unref();
  const end = (): void => void watcher.kill();
  signal.addEventListener("abort", end, { once: true });
  process.once("exit", end);
  return AbortSignal.any([signal, gone.signal]);
}
