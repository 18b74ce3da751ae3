/** A handoff that takes longer than its sender's CLI lets a call take: by the CLI's own setting, 5 s. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { HandoffView } from "../../src/contract/handoffs.ts";
import { claudeCode, codex, install } from "../support/agent-cli.ts";
import { type AgentWorld, emptyWorld, launch } from "../support/agent-world.ts";
import { claude } from "../support/claude.ts";
import { codex as codexAgent } from "../support/codex.ts";
import { openNamespace } from "../support/netns.ts";
import { STORED, until } from "../support/product.ts";

const netns = await openNamespace();
if (netns.ok) afterAll(() => netns.namespace.close());
const enter = netns.ok ? netns.namespace.enter : [];

const PROVIDERS = resolve(import.meta.dirname, "../../providers");
const clis = await Promise.all(
  [
    { pin: claudeCode, agent: claude, limit: /"3700000"/, five: '"5000"' },
    { pin: codex, agent: codexAgent, limit: /tool_timeout_sec=3700/, five: "tool_timeout_sec=5" },
  ].map(async (cli) => ({ ...cli, installed: await install(cli.pin) })),
);
type Cli = (typeof clis)[number];

/** `dev` lets a call take 5 s; `callSeconds` is what conductor knows of that. `mate` is a scripted agent. */
async function team(
  { agent, limit, five, installed }: Cli,
  callSeconds: number,
): Promise<AgentWorld> {
  const bin = installed.ok ? installed.folder : "";
  const world = await emptyWorld(agent, { bin, enter, config: "handoffs: { returnSeconds: 1 }\n" });
  const folder = join(world.home, ".conductor/providers");
  mkdirSync(folder, { recursive: true });
  const shipped = readFileSync(join(PROVIDERS, `${agent.provider}.yaml`), "utf8");
  expect(shipped).toMatch(limit);
  const own = shipped
    .replace(limit, five)
    .replace(/callSeconds: \d+/, `callSeconds: ${callSeconds}`);
  writeFileSync(join(folder, `${agent.provider}.yaml`), own);
  agent.answerFirstRun(world);
  await launch(agent, world);
  const who = ["--provider", "scripted", "--name", "mate", "--cwd", world.work];
  await world.json("launch", ...who, "--no-attach", "--no-panel");
  await world.becomes("idle");
  return world;
}

const handingOn = (message: string): string =>
  `do:tool mcp__conductor__handoff ${JSON.stringify({ agent: "mate", message })}`;

const newest = async (world: AgentWorld): Promise<HandoffView | undefined> =>
  (await world.json<HandoffView[]>("handoffs"))[0];

const told = (world: AgentWorld, words: RegExp) => (): boolean =>
  world.asked().some(({ user }) => words.test(user));

describe.each(clis)("$pin.package $pin.version", (cli) => {
  const isMissing = !cli.installed.ok || !netns.ok;

  test.skipIf(isMissing)(
    "a handoff of 60 s under a limit of 5 s that is known: a handle, and the answer as a message",
    async () => {
      const world = await team(cli, 4);
      await world.run("send", "dev", handingOn("do:slow 60\ndo:say after a minute"));
      const results = () => world.asked().flatMap(({ toolResult }) => toolResult ?? []);
      await until(
        () => results().some((text) => text.includes("Not finished yet")),
        "a handle",
        60_000,
      );
      await world.becomes("idle");
      await until(
        told(world, /^\[handoff [^]*after a minute/),
        "the result came as a message",
        100_000,
      );
      await expect
        .poll(() => newest(world), STORED)
        .toMatchObject({ state: "done", returned: "message" });
    },
  );

  test.skipIf(isMissing)(
    "under a limit that is not known the call is cut, and the work goes on",
    async () => {
      const world = await team(cli, 3_660);
      await world.run("send", "dev", handingOn("do:slow 12\ndo:say after the cut"));
      await until(
        told(world, /^\[handoff [^]*after the cut/),
        "the result came as a message",
        100_000,
      );
      await expect
        .poll(() => newest(world), STORED)
        .toMatchObject({ state: "done", returned: "message" });
    },
  );

  test.skipIf(isMissing)(
    "interrupted while it waits, its sender has the work stopped",
    async () => {
      const world = await team(cli, 3_660);
      await world.run("send", "dev", handingOn("do:slow 100\ndo:say nobody wants it"));
      await until(async () => (await newest(world))?.state === "running", "the mate works");
      // As a person does it, in the agent's own pane.
      await world.tmux("send-keys", "-t", "=conductor:=dev", "Escape");
      await until(async () => (await newest(world))?.state !== "running", "stopped");
      await expect
        .poll(() => newest(world), STORED)
        .toMatchObject({ state: "cancelled", returned: "nobody" });
    },
  );
});
