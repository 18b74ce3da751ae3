/** Claude Code's own MCP client with our tools: a real supervisor, a scripted worker. */
import { afterAll, describe, expect, test } from "vitest";
import type { HandoffView } from "../../src/contract/handoffs.ts";
import type { MessageView } from "../../src/contract/messages.ts";
import { claudeCode, install } from "../support/agent-cli.ts";
import { type ClaudeWorld, claudeWorld } from "../support/claude.ts";
import { openNamespace } from "../support/netns.ts";
import { STORED, until } from "../support/product.ts";

const installed = await install(claudeCode);
const netns = await openNamespace();
if (netns.ok) afterAll(() => netns.namespace.close());
const bin = installed.ok ? installed.folder : "";
const enter = netns.ok ? netns.namespace.enter : [];
const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));
console.log(missing.length === 0 ? `runs ${claudeCode.version}` : `skipped: ${missing.join("; ")}`);

/** `dev` is Claude Code, `mate` a scripted agent. */
async function team(config = ""): Promise<ClaudeWorld> {
  const world = await claudeWorld({ bin, enter, config });
  const who = ["--provider", "scripted", "--name", "mate", "--cwd", world.work];
  await world.json("launch", ...who, "--no-attach", "--no-panel");
  return world;
}

const toolCall = (tool: string, input: Record<string, unknown>): string =>
  `do:tool mcp__conductor__${tool} ${JSON.stringify(input)}`;

async function answerOf(world: ClaudeWorld, prompt: string): Promise<string> {
  const sent = await world.json<MessageView[]>("send", "dev", prompt, "--wait", "--timeout", "60s");
  return sent[0]?.turn?.result?.text ?? "";
}

const newest = async (world: ClaudeWorld): Promise<HandoffView | undefined> =>
  (await world.json<HandoffView[]>("handoffs"))[0];

describe.skipIf(missing.length > 0)(`${claudeCode.package} ${claudeCode.version}`, () => {
  test("hands work to another vendor's agent without a question, and gets its answer in the same turn", async () => {
    const world = await team();
    const work = { agent: "mate", message: "do:slow 3\ndo:say answer from the mate" };
    const answer = await answerOf(world, toolCall("handoff", work));
    expect(answer).toContain("TOOL-DONE [handoff h_");
    expect(world.asked().at(-1)?.toolResult).toContain("answer from the mate");
    await expect
      .poll(() => newest(world), STORED)
      .toMatchObject({ fromName: "dev", state: "done", returned: "call" });
    expect(await world.json("approvals", "--all")).toEqual([]);
  });

  test("assigns work, ends its turn, and is woken by the result", async () => {
    const world = await team();
    const work = { agent: "mate", message: "do:slow 2\ndo:say done by the mate" };
    expect(await answerOf(world, toolCall("assign", work))).toContain("TOOL-DONE Assigned as h_");
    const told = () =>
      world.asked().some(({ user }) => /^\[assignment [^]*done by the mate/.test(user));
    await until(told, "the result came as a message");
    await expect
      .poll(() => newest(world), STORED)
      .toMatchObject({ kind: "assignment", returned: "message" });
  });

  test("a handoff under a daemon that is killed and started again is answered all the same", async () => {
    const world = await team("handoffs: { returnSeconds: 60 }\n");
    const work = { agent: "mate", message: "do:slow 4\ndo:say outlived the daemon" };
    await world.run("send", "dev", toolCall("handoff", work));
    await until(async () => (await newest(world))?.state === "running", "the mate works");
    await world.killDaemon();
    await world.json("daemon", "start");
    const isAnswered = () =>
      world.asked().some(({ toolResult }) => toolResult?.includes("outlived the daemon") === true);
    await until(isAnswered, "the call was answered", 60_000);
    await expect
      .poll(() => newest(world), STORED)
      .toMatchObject({ state: "done", returned: "call" });
  });
});
