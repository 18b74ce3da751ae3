/** Scripted agents by the hundred: one driver process draws them all and tells when it has drawn what. */
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "../src/clients/link/client.ts";
import { main, node, root, type World } from "./world.ts";

export interface Change {
  /** Epoch milliseconds, with fractions. */
  readonly at: number;
  readonly tty: string;
  readonly mode: string;
}

export interface Agent {
  readonly name: string;
  readonly id: string;
  readonly paneId: string;
  readonly tty: string;
  readonly receipts: string;
}

const LAUNCH_MS = 60_000;
const CHANGE_MS = 20_000;

/** The scripted agent's provider, run in panes that cost no process of Node each. */
export function installLightProvider(world: World): void {
  const text = readFileSync(join(root, "providers/scripted.yaml"), "utf8")
    .replace(/^name: .*$/m, "name: light")
    .replace(/^aliases: .*$/m, "")
    .replace(/^command: .*$/m, "command: sh")
    .replace(/^args: .*$/m, "args: []")
    // They are arguments for the program that stands in its place here.
    .replace(/^hooks:\n(?: .*\n)+/m, "")
    .replace(/^foreground: .*$/m, "foreground: [sh]");
  writeFileSync(join(world.paths.providers, "light.yaml"), text);
}

/** Launches of that provider sit down before a driver of their own: no start of an agent's is measured. */
export async function installSeatedProvider(world: World, name: string): Promise<void> {
  const pool = await startPool(world);
  const light = readFileSync(join(world.paths.providers, "light.yaml"), "utf8")
    .replace(/^name: .*$/m, `name: ${name}`)
    .replace(/^args: .*$/m, `args: [${join(pool, "seat")}]`);
  writeFileSync(join(world.paths.providers, `${name}.yaml`), light);
  const client = world.client();
  while (!(await client.providers()).some((known) => known["name"] === name)) await sleep(20);
}

async function startPool(world: World): Promise<string> {
  const pool = mkdtempSync(join(world.folder, "pool-"));
  world.spawn(node, [main, "fake-agent", "--drive", pool]);
  while (!existsSync(join(pool, "driver.pid"))) await sleep(5);
  return pool;
}

export class Fleet {
  readonly agents: readonly Agent[];
  readonly #driver: ChildProcess;
  readonly #listeners = new Set<(change: Change) => void>();

  /** Launches the agents as a team of one session and resolves when all are idle. */
  static async launch(world: World, session: string, count: number): Promise<Fleet> {
    const pool = mkdtempSync(join(world.folder, "pool-"));
    const driver = world.spawn(node, [main, "fake-agent", "--drive", pool]);
    while (!existsSync(join(pool, "driver.pid"))) await sleep(5);
    const client = world.client();
    const names = Array.from({ length: count }, (_, index) => `a${index + 1}`);
    const receipts = (name: string) => join(pool, `${name}.receipts`);
    const agents = names.map((name) => ({
      name,
      provider: "light",
      args: [join(pool, "seat"), "", receipts(name)],
    }));
    // A team file is YAML, of which JSON is a part.
    const text = JSON.stringify({ session, agents });
    const file = join(world.folder, "team.yaml");
    const { failed } = await client.launchTeam({ file, text, env: { ...world.env } });
    if (failed[0] !== undefined) throw new Error(`launch: ${failed[0].message}`);
    await allIdle(client, session, count);
    return new Fleet(driver, await seats(world, client, { session, receipts }));
  }

  private constructor(driver: ChildProcess, agents: readonly Agent[]) {
    this.agents = agents;
    this.#driver = driver;
    if (driver.stdout === null) throw new Error("the driver has no stdout");
    createInterface({ input: driver.stdout }).on("line", (line) => {
      const change: Change = JSON.parse(line);
      for (const listener of this.#listeners) listener(change);
    });
  }

  /** Hears of every change that an agent has drawn. */
  changes(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** When the agent has next drawn that it is in that mode. */
  next(agent: Agent, mode: string): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const stop = this.changes((change) => {
      if (change.tty === agent.tty && change.mode === mode) resolve(change.at);
    });
    const late = () => reject(new Error(`${agent.name} did not become ${mode}`));
    const timer = setTimeout(late, CHANGE_MS);
    return promise.finally(() => {
      clearTimeout(timer);
      stop();
    });
  }

  /** Submits a prompt without typing it. */
  submit(agent: Agent, prompt: string): void {
    this.#driver.stdin?.write(`${agent.tty} ${prompt}\n`);
  }
}

/** Looks again until it is so: the launch itself is not what is measured here. */
async function allIdle(client: Client, session: string, count: number): Promise<void> {
  const deadline = Date.now() + LAUNCH_MS;
  for (;;) {
    const all = await client.terminals();
    const idle = all.filter((one) => one.session === session && one.status === "idle");
    if (idle.length === count) return;
    if (Date.now() > deadline) throw new Error(`${idle.length} of ${count} agents became idle`);
    await sleep(50);
  }
}

async function seats(
  world: World,
  client: Client,
  where: { readonly session: string; readonly receipts: (name: string) => string },
): Promise<Agent[]> {
  const format = "#{@conductor_terminal} #{pane_tty}";
  const rows = (await world.tmux("list-panes", "-a", "-F", format)).split("\n");
  const ttys = new Map(rows.map((row) => [row.split(" ")[0], row.split(" ")[1]]));
  return (await client.terminals())
    .filter(({ session }) => session === where.session)
    .map(({ id, name, paneId }) => ({
      id,
      name,
      paneId: paneId ?? "",
      tty: ttys.get(id) ?? "",
      receipts: where.receipts(name),
    }));
}
