/** A product of its own: home, tmux server and daemon that end with the bench and touch nobody's. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ConductorError } from "../src/base/errors.ts";
import { resolvePaths } from "../src/base/paths.ts";
import type { Client } from "../src/clients/link/client.ts";
import { connect } from "../src/clients/link/connect.ts";
import { isAlive } from "./processes.ts";
import type { Channel } from "./result.ts";

export const root = join(import.meta.dirname, "..");
export const node = join(root, "node_modules/.bin/node");
export const main = join(root, "dist/main.js");
const run = promisify(execFile);
const END_MS = 4_000;

export class World implements AsyncDisposable {
  // Short, since tmux's socket stands in it.
  readonly folder = mkdtempSync(join(tmpdir(), "cndb-"));
  readonly home = join(this.folder, "home");
  readonly socket = `conductor-bench-${randomBytes(4).toString("hex")}`;
  readonly env: Readonly<Record<string, string>>;
  readonly paths: ReturnType<typeof resolvePaths>;
  readonly signal: AbortSignal;
  readonly #children = new Set<ChildProcess>();
  readonly #daemonArgs: readonly string[];
  #daemon: ChildProcess | undefined;

  /** @param inspectPort  where a daemon can be inspected once it is told to */
  constructor(signal: AbortSignal, inspectPort?: number) {
    this.signal = signal;
    this.#daemonArgs = inspectPort === undefined ? [] : [`--inspect-port=${inspectPort}`];
    this.env = {
      HOME: this.home,
      PATH: `${join(root, "node_modules/.bin")}:/usr/local/bin:/usr/bin:/bin`,
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
      TMUX_TMPDIR: this.folder,
    };
    this.paths = resolvePaths(this.env);
    mkdirSync(this.paths.providers, { recursive: true, mode: 0o700 });
    const config = `tmux: { socket: ${this.socket} }\nhttp: { port: 0 }\n`;
    writeFileSync(this.paths.config, config);
  }

  get daemonPid(): number {
    return this.#daemon?.pid ?? Number.NaN;
  }

  client(): Client {
    return connect({ paths: this.paths, env: this.env, signal: this.signal });
  }

  /** Starts a daemon on that channel in place of a running one; resolves when it answers. */
  async startDaemon(channel: Channel): Promise<Client> {
    await this.stopDaemon();
    const env = channel === "pipes" ? { CONDUCTOR_CHANNEL: "pipes" } : {};
    this.#daemon = this.spawn(node, [...this.#daemonArgs, main, "daemon", "run"], env);
    for (;;) {
      try {
        const client = this.client();
        const { tmux } = await client.status();
        if (tmux.channel !== channel) throw new Error(`there is no ${channel} channel here`);
        return client;
      } catch (error) {
        if (!isEarly(error) || this.#daemon.exitCode !== null) throw error;
        await sleep(2, undefined, { signal: this.signal });
      }
    }
  }

  async stopDaemon(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    if (this.#daemon !== undefined) await end(this.#daemon, signal);
    this.#daemon = undefined;
  }

  /** A child that ends with this world; its stdin and stdout are pipes. */
  spawn(file: string, args: readonly string[], more: Record<string, string> = {}): ChildProcess {
    this.signal.throwIfAborted();
    const child = spawn(file, [...args], {
      env: { ...this.env, ...more },
      cwd: this.folder,
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#children.add(child);
    child.stdin?.on("error", () => undefined);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }

  async tmux(...args: readonly string[]): Promise<string> {
    const options = { env: { ...this.env }, cwd: this.folder, timeout: 30_000 };
    const { stdout } = await run("tmux", ["-L", this.socket, ...args], options);
    return stdout;
  }

  /** The server that the product started, with its configuration, stays for what comes next. */
  async keepServer(): Promise<void> {
    await this.tmux("new-session", "-d", "-s", "keep", "tail -f /dev/null").catch(() => undefined);
  }

  /**
   * Ends sessions and what runs in them. No control client may be there: up to 3.6, tmux can crash when
   * the session of one with a subscription ends.
   */
  async endSessions(...names: readonly string[]): Promise<void> {
    const { channel } = (await this.client().status()).tmux;
    await this.stopDaemon();
    while ((await this.tmux("list-clients")) !== "") await sleep(5);
    await this.keepServer();
    for (const name of names) await this.tmux("kill-session", "-t", `=${name}`);
    await this.startDaemon(channel);
  }

  /** A paste the naive way: two processes of tmux, the text on the first one's stdin. */
  async pasteSpawned(paneId: string, text: string): Promise<void> {
    const load = this.spawn("tmux", ["-L", this.socket, "load-buffer", "-b", "bench", "-"]);
    load.stdin?.end(text);
    await once(load, "exit");
    await this.tmux("paste-buffer", "-d", "-p", "-r", "-b", "bench", "-t", paneId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopDaemon();
    const server = await this.tmux("display-message", "-p", "#{pid}").catch(() => "");
    const panes = await this.tmux("list-panes", "-a", "-F", "#{pane_pid}").catch(() => "");
    await Promise.all([...this.#children].map((child) => end(child, "SIGTERM")));
    // No control client is left that could hang it.
    await this.tmux("kill-server").catch(() => undefined);
    for (const pid of `${server}\n${panes}`.split(/\s+/).map(Number)) {
      if (isAlive(pid)) process.kill(pid, "SIGKILL");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const EARLY: ReadonlySet<string> = new Set(["daemon.unreachable", "auth.missing"]);

/** The first daemon of a home makes the token that its clients need. */
function isEarly(error: unknown): boolean {
  return error instanceof ConductorError && EARLY.has(error.code);
}

async function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
  await gone;
  clearTimeout(timer);
}
