import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Lifetime } from "../../../src/base/lifetime.ts";

const run = promisify(execFile);

/** A private tmux server in a short temporary directory, ended by its own process id. */
export interface Rig {
  readonly socket: string;
  readonly dir: string;
  readonly env: Record<string, string>;
  tmux(...args: string[]): Promise<string>;
  /** Starts the server with one session; `size` is `COLUMNSxROWS`. */
  start(session: string, command?: string): Promise<void>;
  serverPid(): Promise<number | undefined>;
}

export function createRig(lifetime: Lifetime): Rig {
  const dir = mkdtempSync("/tmp/cnd-");
  const socket = `conductor-test-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const env = {
    HOME: dir,
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    LANG: "C.UTF-8",
    SHELL: "/bin/sh",
    TMUX_TMPDIR: dir,
  };
  const tmux = async (...args: string[]): Promise<string> => {
    const { stdout } = await run("tmux", ["-u", "-L", socket, ...args], { env, timeout: 10_000 });
    return stdout.replace(/\n$/, "");
  };
  const serverPid = async (): Promise<number | undefined> => {
    const pid = await tmux("display-message", "-p", "#{pid}").catch(() => "");
    return pid === "" ? undefined : Number(pid);
  };
  lifetime.own(async () => {
    const pid = await serverPid();
    if (pid !== undefined) await endProcess(pid);
    rmSync(dir, { recursive: true, force: true });
  });
  const start = async (session: string, command = "exec cat"): Promise<void> => {
    const size = ["-x", "100", "-y", "30"];
    await tmux("-f", "/dev/null", "new-session", "-d", "-s", session, ...size, "sh", "-c", command);
  };
  return { socket, dir, env, tmux, start, serverPid };
}

async function endProcess(pid: number): Promise<void> {
  process.kill(pid, "SIGTERM");
  try {
    await until(() => !isAlive(pid), `process ${pid} to end`, 3000);
  } catch {
    process.kill(pid, "SIGKILL");
  }
}

/** A zombie counts as gone: nobody may be there to reap it. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(join("/proc", String(pid), "stat"), "utf8");
    return !/^\d+ \(.*\) Z/s.test(stat);
  } catch {
    return false;
  }
}

/** Looks until `claim` holds; for what cannot announce itself. */
export async function until(
  claim: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 8000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await claim())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms for ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
