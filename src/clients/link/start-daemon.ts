import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ConductorError, describeError } from "../../base/errors.ts";
import type { Client } from "./client.ts";
import { type ConnectOptions, connect, isAbsent } from "./connect.ts";

export interface StartOptions extends ConnectOptions {
  /** The bin's file, which runs the daemon when called as `<file> daemon run`. */
  readonly main: string;
  readonly deadlineMs?: number;
}

const READY_DEADLINE_MS = 15_000;
/** A socket cannot be watched for its first answer, so it is asked; once per step, until it does. */
const ASK_EVERY_MS = 20;
const EMPTY_MS = 2_000;

/**
 * A client whose daemon answers: the running one, or one that is started now and outlives us.
 * Of several callers at once one starts it and the others wait for it.
 * @throws {ConductorError} `daemon.unreachable` with the daemon's last words
 */
export async function startDaemon(options: StartOptions): Promise<Client> {
  const deadline = Date.now() + (options.deadlineMs ?? READY_DEADLINE_MS);
  while (Date.now() < deadline) {
    const running = await answering(options);
    if (running !== undefined) return running;
    if (takeLock(options.paths.startLock, options.paths.home)) {
      try {
        return (await answering(options)) ?? (await spawnAndWait(options, deadline));
      } finally {
        rmSync(options.paths.startLock, { force: true });
      }
    }
    await sleep(ASK_EVERY_MS, undefined, { signal: options.signal });
  }
  throw notReady(options, "it did not answer in time");
}

async function answering(options: ConnectOptions): Promise<Client | undefined> {
  const client = connect(options);
  try {
    await client.status({ deadlineMs: 5_000 });
    if (client.bearsToken) return client;
    // The daemon's first start makes the token, which may have been between our look for it and our call.
    const again = connect(options);
    await again.status({ deadlineMs: 5_000 });
    return again;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Held by the living process whose id is in it; a dead one's lock is taken over. */
function takeLock(file: string, home: string): boolean {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const descriptor = openSync(file, "wx", 0o600);
    try {
      writeSync(descriptor, String(process.pid));
    } catch (error) {
      rmSync(file, { force: true });
      throw unusable(home, error);
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch (error) {
    if (error instanceof ConductorError) throw error;
    const isTaken = error instanceof Error && "path" in error && error.path === file;
    if (!isTaken || !("code" in error) || error.code !== "EEXIST") throw unusable(home, error);
  }
  // Two may judge a lock dead at once and both start a daemon; the daemon's own lock keeps one.
  if (!isHeld(file)) rmSync(file, { force: true });
  return false;
}

function unusable(home: string, cause: unknown): ConductorError {
  const why = describeError(cause);
  const isFull = cause instanceof Error && "code" in cause && cause.code === "ENOSPC";
  return new ConductorError("config.invalid", `${home} cannot be used as a home: ${why}`, {
    cause,
    hint: isFull ? "make room on its disk" : "set CONDUCTOR_HOME to a folder that you can write",
  });
}

function isHeld(file: string): boolean {
  let pid: number;
  try {
    pid = Number(readFileSync(file, "utf8"));
    // Empty: its holder is between making and writing it, or died there.
    if (pid === 0) return Date.now() - statSync(file).mtimeMs < EMPTY_MS;
  } catch {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function spawnAndWait(options: StartOptions, deadline: number): Promise<Client> {
  const child = spawnDaemon(options);
  let failure: string | undefined;
  child.once("error", (error) => {
    failure = error.message;
  });
  child.once("exit", (code, signal) => {
    failure = `it ended with ${signal ?? `exit code ${code ?? "?"}`}`;
  });
  try {
    while (Date.now() < deadline) {
      const client = await answering(options);
      if (client !== undefined) return client;
      if (failure !== undefined) throw notReady(options, failure);
      await sleep(ASK_EVERY_MS, undefined, { signal: options.signal });
    }
  } finally {
    child.removeAllListeners();
    child.unref();
  }
  throw notReady(options, "it did not answer in time");
}

function spawnDaemon(options: StartOptions): ChildProcess {
  mkdirSync(options.paths.logs, { recursive: true, mode: 0o700 });
  const log = openSync(options.paths.daemonLog, "a", 0o600);
  try {
    return spawn(process.execPath, [options.main, "daemon", "run"], {
      cwd: options.paths.home,
      detached: true,
      env: daemonEnvironment(options),
      stdio: ["ignore", log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** Started from inside a pane or an agent, the daemon must not take itself for a part of it. */
function daemonEnvironment(options: StartOptions): NodeJS.ProcessEnv {
  const env = { ...options.env, CONDUCTOR_HOME: options.paths.home };
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !["TMUX", "TMUX_PANE", "CONDUCTOR_TOKEN", "CONDUCTOR_TERMINAL_ID"].includes(name),
    ),
  );
}

function notReady(options: StartOptions, why: string): ConductorError {
  const { words, hint } = lastWords(options.paths.daemonLog);
  const said = words === undefined ? "" : `: ${words}`;
  return new ConductorError(
    "daemon.unreachable",
    `the daemon could not be started, ${why}${said}`,
    {
      hint: hint ?? `conductor doctor; the log is ${options.paths.daemonLog}`,
    },
  );
}

const isComplaint = /^(?:\w*[Ee]rror|error): /;

/** What it said last, and what it told to do about it. */
function lastWords(file: string): { words?: string | undefined; hint?: string | undefined } {
  try {
    const lines = readFileSync(file, "utf8").slice(-8_192).trim().split("\n");
    const at = lines.findLastIndex((line) => isComplaint.test(line));
    const words = lines.at(at)?.replace(isComplaint, "").slice(0, 500);
    const next = at < 0 ? undefined : lines[at + 1];
    return { words, hint: next?.startsWith("hint: ") === true ? next.slice(6, 500) : undefined };
  } catch {
    return {};
  }
}
