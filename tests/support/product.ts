/** The built product in a world of its own: home, tmux socket, environment; everything it started ends with the test. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const NODE = path.join(ROOT, "node_modules/.bin/node");
const MAIN = path.join(ROOT, "dist/main.js");
const DEADLINE_MS = 20_000;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Product {
  readonly folder: string;
  readonly home: string;
  readonly socket: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `conductor …` to its end. */
  run(...args: string[]): Promise<Ran>;
  /** Runs `conductor … --json` and gives back its data; fails the test when it exits with another code than 0. */
  json<T = Record<string, unknown>>(...args: string[]): Promise<T>;
  start(args: readonly string[], env?: Record<string, string>): ChildProcess;
  daemonPid(): Promise<number>;
  /** Ends the daemon with SIGKILL and resolves when it is gone. */
  killDaemon(): Promise<void>;
  tmux(...args: string[]): Promise<Ran>;
}

/**
 * @param settings  lines added to config.yaml
 * @param enter  words put in front of every command, to run it in a namespace
 */
export function product(
  settings = "",
  extra: Readonly<Record<string, string>> = {},
  enter: readonly string[] = [],
): Product {
  const folder = mkdtempSync(path.join(tmpdir(), "cnd-"));
  const home = path.join(folder, "home");
  const conductorHome = extra["CONDUCTOR_HOME"] ?? path.join(home, ".conductor");
  mkdirSync(conductorHome, { recursive: true, mode: 0o700 });
  const socket = `conductor-test-${path.basename(folder)}`;
  const config = `tmux: { socket: ${socket} }\nhttp: { port: 0 }\n${settings}`;
  writeFileSync(path.join(conductorHome, "config.yaml"), config);
  const env: Record<string, string> = {
    HOME: home,
    PATH: `${path.join(ROOT, "node_modules/.bin")}:/usr/local/bin:/usr/bin:/bin`,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    TMUX_TMPDIR: folder,
    ...extra,
  };
  const run = (...args: string[]) => execute([...enter, NODE, MAIN, ...args], env, folder);
  const tmux = (...args: string[]) =>
    execute([...enter, "tmux", "-L", socket, ...args], env, folder);
  const daemonPid = async (): Promise<number> => {
    const log = readFileSync(path.join(conductorHome, "logs/daemon.log"), "utf8");
    const starts = log.split("\n").filter((line) => line.includes("the daemon starts"));
    const last: { pid: number } = JSON.parse(starts.at(-1) ?? "{}");
    return last.pid;
  };
  const killDaemon = async (): Promise<void> => {
    const pid = await daemonPid();
    process.kill(pid, "SIGKILL");
    await until(() => !isAlive(pid), "the daemon is gone");
  };
  onTestFinished(async () => {
    await killDaemon().catch(() => undefined);
    const server = await tmux("display-message", "-p", "#{pid}");
    const panes = await tmux("list-panes", "-a", "-F", "#{pane_pid}");
    await tmux("kill-server");
    for (const pid of `${server.stdout} ${panes.stdout}`.split(/\s+/).filter(Boolean)) {
      if (isAlive(Number(pid))) process.kill(Number(pid), "SIGKILL");
    }
    // What was killed a moment ago may still be writing there.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return {
    folder,
    home,
    socket,
    env,
    run,
    tmux,
    daemonPid,
    killDaemon,
    json: async <T>(...args: string[]): Promise<T> => {
      // What stands behind -- is the agent's.
      const own = args.includes("--") ? args.indexOf("--") : args.length;
      const ran = await run(...args.slice(0, own), "--json", ...args.slice(own));
      if (ran.code !== 0)
        throw new Error(`conductor ${args.join(" ")}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
      const envelope: { data: T } = JSON.parse(ran.stdout);
      return envelope.data;
    },
    start: (args, more = {}) => {
      const [file, ...words] = [...enter, NODE, MAIN, ...args];
      return spawn(file ?? NODE, words, { env: { ...env, ...more }, cwd: folder, stdio: "ignore" });
    },
  };
}

/** For `expect.poll`: what an agent or its model has seen already is stored a moment later. */
export const STORED = { timeout: 10_000 };

/** Looks again until it holds: for processes of others, which tell nobody; fails by its deadline. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = DEADLINE_MS,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] !== "Z";
  } catch {
    return false;
  }
}

function execute(
  [file = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const options = { env: { ...env }, cwd, timeout: DEADLINE_MS, maxBuffer: 64 * 1024 * 1024 };
  execFile(file, args, options, (error, stdout, stderr) => {
    const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
    resolve({ code, stdout, stderr });
  });
  return promise;
}
