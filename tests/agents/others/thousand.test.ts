/** Four real CLIs and twenty scripted agents at work at once: MESSAGES=200 sends fewer than a thousand. */
import { afterAll, expect, test } from "vitest";
import * as pins from "../../support/agent-cli.ts";
import { type Agent, type AgentWorld, emptyWorld } from "../../support/agent-world.ts";
import { claude } from "../../support/claude.ts";
import { codex } from "../../support/codex.ts";
import { gemini } from "../../support/gemini.ts";
import { openNamespace } from "../../support/netns.ts";
import { installLight } from "../../support/office.ts";
import { opencode } from "../../support/opencode.ts";
import { until } from "../../support/product.ts";
import { clientOf, inboxOf, receiptsFile, scripted, terminalOf } from "../../support/scripted.ts";

const COUNT = Number(process.env["MESSAGES"] ?? 1_000);
const SCRIPTED = 20;
const MOST_MS = 30 * 60_000;
const agents: readonly Agent[] = [claude, codex, gemini, opencode];

const opened = await openNamespace();
const installed = await Promise.all(
  [pins.claudeCode, pins.codex, pins.gemini, pins.opencode].map((pin) => pins.install(pin)),
);
const folders = installed.flatMap((one) => (one.ok ? [one.folder] : []));
const isPossible = opened.ok && folders.length === agents.length;
afterAll(() => (opened.ok ? opened.namespace.close() : undefined));

/** All of them in one. */
const everyone: Agent = {
  provider: "all",
  env: (model) => Object.assign({}, ...agents.map(({ env }) => env(model))),
  answerFirstRun: (world) => {
    for (const agent of agents) agent.answerFirstRun(world);
  },
};

async function launchAll(world: AgentWorld): Promise<string[]> {
  everyone.answerFirstRun(world);
  installLight(world);
  const light = Array.from({ length: SCRIPTED }, (_, index) => `s${index + 1}`);
  const place = ["--cwd", world.work, "--no-attach", "--no-panel"];
  for (const { provider } of agents)
    await world.json("launch", "--provider", provider, "--name", provider, ...place);
  for (const name of light) {
    const own = ["--", "--receipts", receiptsFile(world, name)];
    await world.json("launch", "--provider", "light", "--name", name, ...place, ...own);
  }
  const names = [...agents.map(({ provider }) => provider), ...light];
  for (const name of names) {
    const isIdle = async () => (await terminalOf(world, name)).status === "idle";
    await until(isIdle, `${name} is idle`, 120_000);
  }
  return names;
}

/** What the agent really took in: by the model it asked, or by its own receipts. */
function heard(world: AgentWorld, name: string): string[] {
  if (agents.every(({ provider }) => provider !== name))
    return scripted(world, name)
      .prompts()
      .map((text) => text.trim());
  const own = new RegExp(`to ${name}, number \\d+`);
  const prompts = world.asked().filter(({ toolResult }) => toolResult === null);
  return prompts.flatMap(({ user }) => own.exec(user)?.[0] ?? []);
}

test.skipIf(!isPossible)(
  "of a thousand messages none is lost, none is doubled, and each one's order is kept",
  { timeout: MOST_MS },
  async () => {
    if (!opened.ok) throw new Error(opened.reason);
    const setting = { bin: folders.join(":"), enter: opened.namespace.enter };
    const world = await emptyWorld(everyone, setting);
    const names = await launchAll(world);
    const sent = new Map<string, string[]>(names.map((name) => [name, []]));
    const client = clientOf(world);
    const begun = Date.now();
    for (let index = 0; index < COUNT; index += 1) {
      const name = names[index % names.length] ?? "";
      const texts = sent.get(name) ?? [];
      const body = `to ${name}, number ${texts.length}`;
      await client.send({ to: name, body });
      texts.push(body);
    }
    for (const [name, texts] of sent) {
      const isSettled = async () =>
        (await inboxOf(world, name)).filter(({ settledAt }) => settledAt !== null).length ===
        texts.length;
      await until(isSettled, `${name} has all`, MOST_MS);
    }
    const took = Date.now() - begun;
    const receipts = new Map<string, number>();
    for (const [name, texts] of sent) {
      await until(() => heard(world, name).length >= texts.length, `${name} heard all`);
      expect({ name, heard: heard(world, name) }).toEqual({ name, heard: texts });
      const kind = agents.some(({ provider }) => provider === name) ? name : "scripted";
      for (const { state, receipt } of await inboxOf(world, name)) {
        expect({ name, state }).toEqual({ name, state: "delivered" });
        receipts.set(`${kind} ${receipt}`, (receipts.get(`${kind} ${receipt}`) ?? 0) + 1);
      }
    }
    console.log(`${COUNT} messages in ${took} ms`, Object.fromEntries(receipts));
    // A scripted agent has no hook; its own file, read above, says the same as the screen did.
    const seen = [...receipts.keys()].filter((key) => !/ (hook|transcript)$/.test(key));
    expect(seen.filter((key) => key !== "scripted screen")).toEqual([]);
  },
);
