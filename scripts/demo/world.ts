/** A home, a tmux socket and a workspace that exist for one demo, and what the demo does with them. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = resolve(import.meta.dirname, "../..");
const DEADLINE_MS = 30_000;
const LOOK_EVERY_MS = 50;

interface Asked {
  readonly number: number;
  readonly terminalName: string | null;
  readonly action: { readonly text: string };
}

interface Evidence {
  readonly source: string;
  readonly rule: string;
  readonly decided: boolean;
}

interface Received {
  readonly from: string;
  readonly body: string;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

interface Person {
  /** What is on the screen, with its colours, as tmux prints it. */
  screen(): Promise<string>;
}

export interface Demo {
  /** A file of the agents' workspace. */
  file(name: string): string;
  /** Runs `conductor …`; resolves with what it printed, throws with what it complained of. */
  conductor(...args: string[]): Promise<string>;
  reaches(name: string, status: string): Promise<void>;
  /** The source and the rule that decided the agent's status, as `conductor why` has it. */
  evidence(name: string): Promise<string>;
  /** Messages to this agent, the oldest first. */
  inbox(name: string): Promise<readonly Received[]>;
  /** The approval that this agent waits for. */
  asked(name: string): Promise<Asked>;
  /** A person's terminal of that size, with `conductor attach` in it. */
  attach(name: string, size: Size): Promise<Person>;
  /** The processes of the panes. */
  panes(): Promise<string[]>;
  daemonPid(): Promise<number>;
  /** Ends the daemon with SIGKILL; resolves with its process id when it is gone. */
  killDaemon(): Promise<number>;
  until(holds: () => boolean | Promise<boolean>, what: string): Promise<void>;
  expect(holds: boolean, complaint: string): void;
  step(word: string, what: string): void;
  /** Ends all that was started; resolves with what could not be ended. */
  remove(): Promise<string[]>;
}

interface World {
  readonly folder: string;
  readonly socket: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** @param settings  lines added to config.yaml */
export function createDemo(signal: AbortSignal, settings = ""): Demo {
  const world = makeWorld(signal, settings);
  const conductor = (...args: string[]) => conductorOf(world, args);
  const panes = () => panesOf(world);
  const daemonPid = () => daemonPidOf(world);
  return {
    file: (name) => join(world.folder, "work", name),
    conductor,
    attach: (name, size) => attach(world, name, size),
    panes,
    daemonPid,
    reaches: (name, status) => reaches(world, name, status),
    evidence: (name) => evidence(world, name),
    inbox: (name) => ask<Received[]>(world, "inbox", name),
    asked: (name) => asked(world, name),
    killDaemon: async () => {
      const pid = await daemonPid();
      process.kill(pid, "SIGKILL");
      await until(world, () => !isAlive(pid), "the daemon is gone");
      return pid;
    },
    until: (holds, what) => until(world, holds, what),
    expect: (holds, complaint) => {
      if (!holds) throw new Error(complaint);
    },
    step: (word, what) => console.log(`${word.padEnd(12)}${what}`),
    remove: () => remove({ ...world, signal: new AbortController().signal }),
  };
}

function makeWorld(signal: AbortSignal, settings: string): World {
  const folder = mkdtempSync(join(tmpdir(), "cnd-"));
  const home = join(folder, "home");
  mkdirSync(home, { mode: 0o700 });
  cpSync(join(ROOT, "scripts/demo"), join(folder, "work"), { recursive: true });
  const socket = `quickstart-${basename(folder)}`;
  writeFileSync(
    join(home, "config.yaml"),
    `tmux: { socket: ${socket} }\nhttp: { port: 0 }\n${settings}`,
  );
  const env = {
    HOME: folder,
    CONDUCTOR_HOME: home,
    TMUX_TMPDIR: folder,
    PATH: [join(ROOT, "node_modules/.bin"), process.env["PATH"] ?? ""].join(delimiter),
    TERM: "xterm-256color",
    LANG: process.env["LANG"] ?? "C.UTF-8",
    NO_COLOR: "1",
  };
  return { folder, socket, env, signal };
}

async function conductorOf(world: World, args: readonly string[]): Promise<string> {
  const ran = await execute(world, join(ROOT, "bin/conductor"), args);
  if (ran.code === 0) return ran.stdout;
  const said = `${ran.stdout}${ran.stderr}`.trim();
  throw new Error(`conductor ${args.join(" ")} exited with ${ran.code}: ${said}`);
}

/** @returns the data of `conductor … --json`, whose form the caller knows from the contract */
async function ask<Data>(world: World, ...args: string[]): Promise<Data> {
  const envelope: { data: Data } = JSON.parse(await conductorOf(world, [...args, "--json"]));
  return envelope.data;
}

async function reaches(world: World, name: string, status: string): Promise<void> {
  let seen = "";
  const look = async (): Promise<boolean> => {
    const all = await ask<{ name: string; status: string }[]>(world, "ls", "--all");
    seen = all.findLast((terminal) => terminal.name === name)?.status ?? "not there";
    return seen === status;
  };
  await until(world, look, () => `${name} is ${status} (it is ${seen})`);
}

async function evidence(world: World, name: string): Promise<string> {
  const why = await ask<{ evidence: Evidence[] }>(world, "why", name);
  const decisive = why.evidence.find(({ decided }) => decided) ?? why.evidence[0];
  return decisive === undefined ? "nothing" : `${decisive.source}, rule "${decisive.rule}"`;
}

async function asked(world: World, name: string): Promise<Asked> {
  let found: Asked | undefined;
  const look = async (): Promise<boolean> => {
    const all = await ask<Asked[]>(world, "approvals");
    found = all.find((approval) => approval.terminalName === name);
    return found !== undefined;
  };
  await until(world, look, `${name} asks for permission`);
  if (found === undefined) throw new Error(`${name} asks for nothing`);
  return found;
}

async function until(
  world: World,
  holds: () => boolean | Promise<boolean>,
  what: string | (() => string),
): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(
        `not within ${DEADLINE_MS / 1000} s: ${typeof what === "string" ? what : what()}`,
      );
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: world.signal });
  }
}

async function daemonPidOf(world: World): Promise<number> {
  return (await ask<{ pid: number }>(world, "daemon", "status")).pid;
}

async function panesOf(world: World): Promise<string[]> {
  return tmuxWords(world, "list-panes", "-a", "-F", "#{pane_pid}");
}

async function tmuxWords(world: World, ...args: string[]): Promise<string[]> {
  const ran = await execute(world, "tmux", ["-L", world.socket, ...args]);
  return ran.code === 0 ? ran.stdout.split(/\s+/).filter(Boolean) : [];
}

/** The terminal is a second tmux, of which only the screen is used. */
async function attach(world: World, name: string, size: Size): Promise<Person> {
  const tmux = async (...args: string[]): Promise<string> => {
    const ran = await execute(world, "tmux", [
      "-L",
      personSocket(world),
      "-f",
      "/dev/null",
      ...args,
    ]);
    if (ran.code !== 0) throw new Error(`tmux ${args[0]}: ${ran.stderr.trim()}`);
    return ran.stdout;
  };
  const quiet = ["set-option", "-g", "status", "off", ";"];
  const at = ["-x", String(size.columns), "-y", String(size.rows)];
  const viewer = [
    "env",
    "-u",
    "TMUX",
    "-u",
    "TMUX_PANE",
    join(ROOT, "bin/conductor"),
    "attach",
    name,
  ];
  await tmux("start-server", ";", ...quiet, "new-session", "-d", ...at, ...viewer);
  return { screen: () => tmux("capture-pane", "-e", "-N", "-p") };
}

function personSocket(world: World): string {
  return `${world.socket}-person`;
}

/** Polite first, then by process id; nothing is ended that this demo did not start. */
async function remove(world: World): Promise<string[]> {
  const server = await tmuxWords(world, "display-message", "-p", "#{pid}");
  const panes = await panesOf(world);
  const daemon = await daemonPidOf(world).catch(() => undefined);
  if (daemon !== undefined) {
    await conductorOf(world, ["shutdown", "--all"]).catch(() => undefined);
    await conductorOf(world, ["daemon", "stop"]).catch(() => undefined);
  }
  await tmuxWords(world, "kill-server");
  await execute(world, "tmux", ["-L", personSocket(world), "kill-server"]);
  const pids = [...server, ...panes].map(Number).concat(daemon ?? []);
  await until(world, () => !pids.some(isAlive), "all ended").catch(() => undefined);
  const stubborn = pids.filter(isAlive);
  for (const pid of stubborn) process.kill(pid, "SIGKILL");
  rmSync(world.folder, { recursive: true, force: true, maxRetries: 3 });
  const left = existsSync(world.folder) ? [world.folder] : [];
  return [...left, ...stubborn.map((pid) => `process ${pid} (ended by force)`)];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function execute(world: World, file: string, args: readonly string[]): Promise<Ran> {
  const { promise, resolve: done } = Promise.withResolvers<Ran>();
  const options = {
    env: { ...world.env },
    cwd: world.folder,
    signal: world.signal,
    timeout: 2 * DEADLINE_MS,
  };
  execFile(file, [...args], options, (error, stdout, stderr) => {
    const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
    done({ code, stdout, stderr: error === null || stderr !== "" ? stderr : error.message });
  });
  return promise;
}
