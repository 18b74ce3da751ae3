/** Codex's own MCP client with our tools: a real supervisor, a scripted worker. */
import { afterAll, describe, expect, test } from "vitest";
import type { HandoffView } from "../../src/contract/handoffs.ts";
import type { MessageView } from "../../src/contract/messages.ts";
import { codex, install } from "../support/agent-cli.ts";
import type { AgentWorld } from "../support/agent-world.ts";
import { codexWorld } from "../support/codex.ts";
import { openNamespace } from "../support/netns.ts";
import { STORED, until } from "../support/product.ts";

const installed = await install(codex);
const netns = await openNamespace();
if (netns.ok) afterAll(() => netns.namespace.close());
const bin = installed.ok ? installed.folder : "";
const enter = netns.ok ? netns.namespace.enter : [];
const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));
console.log(missing.length === 0 ? `runs ${codex.version}` : `skipped: ${missing.join("; ")}`);

/** `dev` is Codex, `mate` a scripted agent. */
async function team(): Promise<AgentWorld> {
  const world = await codexWorld({ bin, enter, config: "handoffs: { returnSeconds: 3 }\n" });
  const who = ["--provider", "scripted", "--name", "mate", "--cwd", world.work];
  await world.json("launch", ...who, "--no-attach", "--no-panel");
  return world;
}

const toolCall = (tool: string, input: Record<string, unknown>): string =>
  `do:tool mcp__conductor__${tool} ${JSON.stringify(input)}`;

const newest = async (world: AgentWorld): Promise<HandoffView | undefined> =>
  (await world.json<HandoffView[]>("handoffs"))[0];

describe.skipIf(missing.length > 0)(`${codex.package} ${codex.version}`, () => {
  test("hands work to another vendor's agent without a question, and gets its answer in the same turn", async () => {
    const world = await team();
    const work = { agent: "mate", message: "do:slow 3\ndo:say answer from the mate" };
    const prompt = toolCall("handoff", work);
    const sent = await world.json<MessageView[]>(
      "send",
      "dev",
      prompt,
      "--wait",
      "--timeout",
      "60s",
    );
    expect(sent[0]?.turn?.result?.text).toContain("TOOL-DONE");
    expect(world.asked().at(-1)?.toolResult).toContain("answer from the mate");
    await expect
      .poll(() => newest(world), STORED)
      .toMatchObject({ fromName: "dev", state: "done", returned: "call" });
    expect(await world.json("approvals", "--all")).toEqual([]);
  });

  test("assigns work, ends its turn, and is woken by the result", async () => {
    const world = await team();
    const work = { agent: "mate", message: "do:slow 2\ndo:say done by the mate" };
    await world.json("send", "dev", toolCall("assign", work), "--wait", "--timeout", "60s");
    const told = () =>
      world.asked().some(({ user }) => /^\[assignment [^]*done by the mate/.test(user));
    await until(told, "the result came as a message");
    await expect
      .poll(() => newest(world), STORED)
      .toMatchObject({ kind: "assignment", returned: "message" });
  });

  test("a handoff under a daemon that is killed and started again reaches the model all the same", async () => {
    const world = await team();
    const work = { agent: "mate", message: "do:slow 4\ndo:say outlived the daemon" };
    await world.run("send", "dev", toolCall("handoff", work));
    await until(async () => (await newest(world))?.state === "running", "the mate works");
    await world.killDaemon();
    await world.json("daemon", "start");
    const told = () =>
      world.asked().some(({ user }) => /^\[handoff [^]*outlived the daemon/.test(user));
    // Its client gives the call up, so that the answer comes as a message.
    await until(told, "the result came as a message", 60_000);
    await expect
      .poll(() => newest(world), STORED)
      .toMatchObject({ state: "done", returned: "message" });
  });
});
