/** Scripted agents in a product's world: launched, looked at, and held to what they were really given. */
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { resolvePaths } from "../../src/base/paths.ts";
import type { Client } from "../../src/clients/link/client.ts";
import { connect } from "../../src/clients/link/connect.ts";
import type { MessageView } from "../../src/contract/messages.ts";
import type { TerminalView } from "../../src/contract/terminals.ts";
import { type Product, until } from "./product.ts";

export interface ScriptedAgent {
  readonly name: string;
  /** The prompts that the agent took in, in order: what counts, whatever the daemon believes. */
  prompts(): string[];
}

/** @param options  further arguments of `conductor fake-agent` */
export async function launchScripted(
  world: Product,
  name: string,
  options: readonly string[] = [],
): Promise<ScriptedAgent> {
  const agent = scripted(world, name);
  const args = ["launch", "--provider", "scripted", "--name", name, "--cwd", world.folder];
  const own = ["--receipts", receiptsFile(world, name), ...options];
  await world.json(...args, "--no-attach", "--no-panel", "--", ...own);
  await untilStatus(world, name, "idle");
  return agent;
}

export function scripted(world: Product, name: string): ScriptedAgent {
  return { name, prompts: () => promptsIn(receiptsFile(world, name)) };
}

export function receiptsFile(world: Product, name: string): string {
  return path.join(world.folder, `${name}.receipts`);
}

function promptsIn(file: string): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const receipt: { text: string } = JSON.parse(line);
      return receipt.text;
    });
}

/** A client of this process: asking often must not cost a process each time. */
export function clientOf(world: Product): Client {
  return connect({ paths: resolvePaths(world.env), env: world.env });
}

export async function untilServing(world: Product): Promise<void> {
  const answers = () =>
    clientOf(world)
      .status()
      .then(
        () => true,
        () => false,
      );
  await until(answers, "the daemon serves");
}

/** Ends the daemon that runs, and starts one that dies where it is told to. */
export async function startDoomed(
  world: Product,
  failpoint: string,
): Promise<{ dead: Promise<unknown[]> }> {
  await world.killDaemon();
  const doomed = world.start(["daemon", "run"], { CONDUCTOR_FAILPOINT: failpoint });
  const dead = once(doomed, "exit");
  await untilServing(world);
  return { dead };
}

/** The newest terminal of that name. */
export async function terminalOf(world: Product, name: string): Promise<TerminalView> {
  const all = await clientOf(world).terminals({ all: true });
  const found = all.findLast((terminal) => terminal.name === name);
  if (found === undefined) throw new Error(`no terminal is called ${name}`);
  return found;
}

export async function untilStatus(world: Product, name: string, status: string): Promise<void> {
  const holds = async () => (await terminalOf(world, name)).status === status;
  await until(holds, `${name} is ${status}`);
}

/** Its messages, oldest first. */
export async function inboxOf(world: Product, name: string): Promise<MessageView[]> {
  const messages = await clientOf(world).messages({ to: name });
  return messages.toSorted((one, other) => one.seq - other.seq);
}

export async function untilSettled(world: Product, name: string, count: number): Promise<void> {
  const settled = async (): Promise<boolean> => {
    const messages = await inboxOf(world, name);
    const open = messages.filter(({ state }) => state === "queued" || state === "delivering");
    return messages.length >= count && open.length === 0;
  };
  await until(settled, `${count} messages of ${name} are settled`);
}
