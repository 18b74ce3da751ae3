import { dirname, join, parse, resolve } from "node:path";
import type { Environment } from "./environment.ts";
import { ConductorError } from "./errors.ts";

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const SOCKET_PATH_LIMIT_BYTES = 100;

/** Where everything of one user's conductor lives. */
export interface Paths {
  readonly home: string;
  readonly database: string;
  readonly socket: string;
  /** The socket's folder: whoever makes it makes it 0700, and refuses one of somebody else's. */
  readonly socketFolder: string;
  /** Only agents are served there; in a folder of its own, which contained ones are shown. */
  readonly agentSocket: string;
  readonly token: string;
  readonly config: string;
  readonly tmuxConfig: string;
  readonly logs: string;
  readonly daemonLog: string;
  readonly terminalLogs: string;
  readonly providers: string;
  /** The global policy; where it is missing the shipped default is in force. */
  readonly policy: string;
  /** Policy files of repositories that a human trusts, with their hashes. */
  readonly trust: string;
  readonly profiles: string;
  /** The secrets that webhooks are signed with. */
  readonly webhooks: string;
  /** Links that stand in front of programs on agents' PATHs. */
  readonly shims: string;
  /** A folder for each terminal, with the settings that its CLI is told. */
  readonly terminalSettings: string;
  /** Long texts of tasks' evidence, each named by its digest. */
  readonly blobs: string;
  /** The audit file and the head kept outside the database. */
  readonly approvals: string;
  /** Held by the client that is starting the daemon. */
  readonly startLock: string;
}

/** @throws {ConductorError} `config.invalid` where neither CONDUCTOR_HOME nor HOME is set */
export function resolvePaths(env: Environment, uid: number = process.getuid?.() ?? 0): Paths {
  const home = homeFolder(env);
  const socket = socketPath(home, env, uid);
  return {
    home,
    database: join(home, "conductor.db"),
    socket,
    socketFolder: dirname(socket),
    agentSocket: join(dirname(socket), `${parse(socket).name}.agents`, "s"),
    token: join(home, "token"),
    config: join(home, "config.yaml"),
    tmuxConfig: join(home, "tmux.conf"),
    logs: join(home, "logs"),
    daemonLog: join(home, "logs", "daemon.log"),
    terminalLogs: join(home, "logs", "terminal"),
    providers: join(home, "providers"),
    policy: join(home, "policy.yaml"),
    trust: join(home, "trust.json"),
    profiles: join(home, "profiles"),
    webhooks: join(home, "webhooks"),
    shims: join(home, "run", "shims"),
    terminalSettings: join(home, "run", "terminals"),
    blobs: join(home, "blobs"),
    approvals: join(home, "approvals"),
    startLock: join(home, "start.lock"),
  };
}

function homeFolder(env: Environment): string {
  const chosen = env["CONDUCTOR_HOME"];
  if (chosen !== undefined && chosen !== "") return resolve(chosen);
  const home = env["HOME"];
  if (home !== undefined && home !== "") return join(resolve(home), ".conductor");
  throw new ConductorError("config.invalid", "neither CONDUCTOR_HOME nor HOME is set", {
    hint: "export CONDUCTOR_HOME=/some/folder",
  });
}

function socketPath(home: string, env: Environment, uid: number): string {
  const natural = join(home, "conductor.sock");
  if (fits(natural)) return natural;
  const name = `${fnv1a(home)}.sock`;
  const runtime = env["XDG_RUNTIME_DIR"];
  if (runtime?.startsWith("/")) {
    const short = join(runtime, `conductor-${uid}`, name);
    if (fits(short)) return short;
  }
  return join("/tmp", `conductor-${uid}`, name);
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= SOCKET_PATH_LIMIT_BYTES;
}

/** 64-bit FNV-1a: tells homes apart by name; node:crypto would cost the fast path its load time. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
