/**
 * Commands that the daemon runs for an agent's work: its checks, and git in its folder. They run as the agent's own
 * would, with its gate before them and in its sandbox, since what they read was written by it.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Environment } from "../base/environment.ts";
import type { Terminal } from "../core/terminals/index.ts";
import type { Catalog } from "./catalog.ts";
import { gateVariables, type PlanPorts, withOwnBin } from "./launch-plan.ts";
import { ungated } from "./worker-environment.ts";

export interface CommandPorts {
  readonly gate: Pick<PlanPorts["gate"], "folder" | "shims" | "contain">;
  readonly catalog: Pick<Catalog, "running">;
  readonly agentVariables: PlanPorts["agentVariables"];
  /** Takes away what containing one command left. */
  readonly release: (id: string) => void;
  readonly ownBin: string;
  /** The daemon's own. */
  readonly env: Environment;
}

export interface Ran {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly isLate: boolean;
  /** What it printed, in the order that it came; of much the beginning and the end. */
  readonly output: string;
}

interface How {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly maxBytes?: number;
  /** Ours: without the gate, though in the sandbox. */
  readonly isOwn?: boolean;
}

/** As that terminal's agent would; in a folder, as its owner would. */
export type RunCommand = (
  at: Terminal | string,
  words: readonly string[],
  how: How,
) => Promise<Ran>;

export function createAgentCommands(ports: CommandPorts): RunCommand {
  return async (terminal, words, how) => {
    if (typeof terminal === "string")
      return run([...words], { cwd: terminal, env: ungated(ports.env) }, how);
    const { id, provider, cwd, launch } = terminal.record;
    const inherited = { ...ungated(ports.env), ...ports.catalog.running(provider).env };
    const path = withOwnBin(inherited["PATH"], ports.ownBin);
    inherited["PATH"] = path;
    const shims = ports.gate.shims(path);
    const level = launch.gate ?? "guard";
    const gated = gateVariables(ports.gate.folder, { level, shims, inherited });
    const env =
      how.isOwn === true ? inherited : { ...inherited, ...gated, ...ports.agentVariables(id) };
    if (level !== "contain") return run([...words], { cwd, env }, how);
    const { network } = launch;
    const definition = ports.catalog.running(provider);
    const wrap = await ports.gate.contain({ provider: definition, cwd, path, shims, network });
    // Not the terminal's: its agent's own sandbox stands meanwhile.
    const own = `${id}.${randomUUID().slice(0, 8)}`;
    try {
      return await run([...wrap(own), ...words], { cwd, env }, how);
    } finally {
      ports.release(own);
    }
  };
}

const MAX_BYTES = 1024 * 1024;
const KILL_MS = 2_000;

function run(
  [file = "", ...args]: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Record<string, string> },
  { timeoutMs, signal, maxBytes = MAX_BYTES }: How,
): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  // In a group of its own, which ends as one.
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const kept = new Kept(maxBytes);
  let isLate = false;
  let hard: NodeJS.Timeout | undefined;
  const stop = (): void => {
    endGroup(child.pid, "SIGTERM");
    hard ??= setTimeout(() => endGroup(child.pid, "SIGKILL"), KILL_MS);
  };
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, timeoutMs);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => kept.add(chunk));
  const done = (): void => {
    clearTimeout(timer);
    clearTimeout(hard);
    signal.removeEventListener("abort", stop);
    // What it left running in the background holds our pipes.
    endGroup(child.pid, "SIGKILL");
    child.stdout.destroy();
    child.stderr.destroy();
  };
  child.once("error", (error) => {
    done();
    reject(error);
  });
  child.once("exit", (exitCode) => {
    // Let what stands in the pipes come first.
    setImmediate(() => {
      done();
      resolve({ exitCode, isLate, output: kept.text() });
    });
  });
  return promise;
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}

/** The first and the last of a long output. */
class Kept {
  readonly #half: number;
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #left = 0;

  constructor(maxBytes: number) {
    this.#half = Math.floor(maxBytes / 2);
  }

  add(chunk: Buffer): void {
    const room = this.#half - this.#head.length;
    if (room > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)]);
    const rest = chunk.subarray(Math.max(0, room));
    if (rest.length === 0) return;
    const tail = Buffer.concat([this.#tail, rest]);
    const over = Math.max(0, tail.length - this.#half);
    this.#left += over;
    this.#tail = tail.subarray(over);
  }

  text(): string {
    const gap = this.#left === 0 ? "" : `\n[… ${this.#left} bytes left out …]\n`;
    return `${this.#head.toString()}${gap}${this.#tail.toString()}`;
  }
}
