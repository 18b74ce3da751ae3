/** A real agent CLI under the built product: a scripted model, a home of its own, nothing but loopback. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { ConductorError } from "../../src/base/errors.ts";
import type { Client } from "../../src/clients/link/client.ts";
import { isAbsent } from "../../src/clients/link/connect.ts";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import type { JournalEvent } from "../../src/contract/events.ts";
import type { TerminalView } from "../../src/contract/terminals.ts";
import { type Model, startModel } from "./model-process.ts";
import type { ModelRequest } from "./model-script.ts";
import { isAlive, type Product, product, until } from "./product.ts";
import { clientOf } from "./scripted.ts";

/** Where a CLI runs: its home, the folder that it works in, the model's port. */
export interface Stage {
  readonly home: string;
  readonly work: string;
  readonly port: number;
}

/** What a CLI needs that others do not. */
export interface Agent {
  readonly provider: string;
  /** Variables that lead it to the model; `folder` is the model's own, gone after the test. */
  readonly env: (model: {
    readonly port: number;
    readonly folder: string;
  }) => Readonly<Record<string, string>>;
  /** Writes what answers the dialogs of its first start. */
  readonly answerFirstRun: (world: AgentWorld) => void;
}

export interface Setting {
  /** The folder that holds its program. */
  readonly bin: string;
  /** The words that enter the namespace. */
  readonly enter: readonly string[];
  /** Lines added to config.yaml. */
  readonly config?: string;
}

export interface AgentWorld extends Product {
  /** Where the agent works. */
  readonly work: string;
  /** The model's. */
  readonly port: number;
  /** Lets the model end the answers to `do:hold`. */
  release(): void;
  /** What the agent asked the model in its turns, oldest first; its side questions are left out. */
  asked(): ModelRequest[];
  view(): Promise<TerminalView | undefined>;
  /** Resolves when `conductor ls` tells that status of the agent, as `waiting(permission)`. */
  becomes(status: string): Promise<void>;
  /** Every status the agent was seen in, oldest first. */
  statuses(): Promise<string[]>;
  /** Resolves with the approval that waits for the agent. */
  question(): Promise<ApprovalView>;
  /** Resolves when the pane shows these words. */
  shows(words: string): Promise<void>;
  /** Presses a key as a person would: again when nothing has come of it, until these words show. */
  press(key: string, words: string): Promise<void>;
  /** The processes of this world that live, by what they are called. */
  processes(): string[];
}

const ROOT = resolve(import.meta.dirname, "../..");
const SLOW_MS = 60_000;

/** An agent named `dev`, idle, in a home where the first-run dialogs have been answered. */
export async function agentWorld(agent: Agent, setting: Setting): Promise<AgentWorld> {
  const world = await emptyWorld(agent, setting);
  agent.answerFirstRun(world);
  await launch(agent, world);
  await world.becomes("idle");
  return world;
}

/** The same without an agent, and with nothing answered. */
export async function emptyWorld(
  agent: Agent,
  { bin, enter, config = "" }: Setting,
): Promise<AgentWorld> {
  const model = await modelOfTest(enter);
  const path = [bin, join(ROOT, "node_modules/.bin"), "/usr/local/bin", "/usr/bin", "/bin"];
  const env = {
    PATH: path.join(":"),
    TMPDIR: model.folder,
    ...agent.env(model),
  };
  const world = product(config, env, enter);
  // Asked for after the world, so done before its end.
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") console.log(await account(world));
  });
  const work = join(world.folder, "work");
  mkdirSync(work);
  const view = async () =>
    (await asking(world, (client) => client.terminals({ all: true }))).findLast(
      ({ name }) => name === "dev",
    );
  return {
    ...world,
    work,
    port: model.port,
    release: () => model.release(),
    asked: () => requests(model.log).filter(({ tools }) => tools > 0),
    view,
    becomes: (status) => seen(view, status),
    statuses: () => statuses(world),
    question: () => question(world),
    shows: (words) => shows(world, words),
    press: (key, words) => press(world, key, words),
    processes: () => processesOf(world.folder),
  };
}

export async function launch(
  { provider }: Agent,
  world: AgentWorld,
  ...more: readonly string[]
): Promise<void> {
  const who = ["--provider", provider, "--name", "dev", "--cwd", world.work];
  await world.json("launch", ...who, "--no-attach", "--no-panel", ...more);
}

/** Of the daemon, which is started where there is none: a program for each look would take the agent's share. */
export async function asking<T>(world: Product, call: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await call(clientOf(world));
  } catch (error) {
    if (!(error instanceof ConductorError) || error.code !== "daemon.unreachable") throw error;
    // One that was just killed may take a call, and drop it, before its socket is closed.
    if (isAbsent(error)) await world.json("daemon", "start");
    return asking(world, call);
  }
}

async function seen(view: () => Promise<TerminalView | undefined>, status: string): Promise<void> {
  let last = "absent";
  await until(
    async () => {
      last = statusOf(await view());
      return last === status;
    },
    `dev is ${status}`,
    SLOW_MS,
  ).catch((error: unknown) => {
    throw new Error(`dev is ${last}`, { cause: error });
  });
}

function statusOf(view: TerminalView | undefined): string {
  if (view === undefined) return "absent";
  return view.detail === "" ? view.status : `${view.status}(${view.detail})`;
}

async function question(world: Product): Promise<ApprovalView> {
  let found: ApprovalView | undefined;
  await until(
    async () => {
      [found] = await asking(world, (client) => client.approvals());
      return found !== undefined;
    },
    "an approval waits",
    SLOW_MS,
  );
  if (found === undefined) throw new Error("no approval waits");
  return found;
}

async function statuses(world: Product): Promise<string[]> {
  const ran = await world.run("events", "--json");
  return ran.stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const { data }: { data: JournalEvent } = JSON.parse(line);
      return data;
    })
    .filter(({ type }) => type === "terminal.status_changed")
    .map(({ data }) => [data["status"], data["detail"]].filter(Boolean).join(" "));
}

async function screenOf(world: Product): Promise<string> {
  const ran = await world.tmux("capture-pane", "-p", "-t", "=conductor:=dev");
  return ran.stdout.trimEnd();
}

async function shows(world: Product, words: string, deadlineMs = SLOW_MS): Promise<void> {
  await until(async () => (await screenOf(world)).includes(words), `it shows ${words}`, deadlineMs);
}

/** A dialog may be drawn before it listens, and what comes too early is lost. */
async function press(world: Product, key: string, words: string): Promise<void> {
  for (let times = 1; ; times += 1) {
    await world.tmux("send-keys", "-t", "=conductor:=dev", key);
    try {
      await shows(world, words, 3_000);
      return;
    } catch (error) {
      if (times === 5) throw error;
    }
  }
}

/** For the reader of a failed test: what the product and the pane said last. */
async function account(world: Product): Promise<string> {
  const commands = [
    ["why", "dev"],
    ["inbox", "dev"],
    ["approvals", "--all"],
  ];
  const said = await Promise.all(commands.map((command) => world.run(...command)));
  const all = [...said.map(({ stdout }) => stdout), (await statuses(world)).join(", ")];
  return [...all, await screenOf(world)].join("\n");
}

/** All that was started with this folder in its environment, so also what left its parents. */
export function processesOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isAlive(Number(pid)) && read(`/proc/${pid}/environ`).includes(folder))
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ")}`);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

interface ModelOfTest extends Model {
  readonly folder: string;
  readonly log: string;
}

async function modelOfTest(enter: readonly string[]): Promise<ModelOfTest> {
  const folder = mkdtempSync(join(tmpdir(), "cnm-"));
  const log = join(folder, "requests.jsonl");
  const model = await startModel(enter, log);
  onTestFinished(async () => {
    await model.stop();
    // What was killed a moment ago may still be writing there.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return { ...model, folder, log };
}

function requests(log: string): ModelRequest[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const request: ModelRequest = JSON.parse(line);
      return request;
    });
}
