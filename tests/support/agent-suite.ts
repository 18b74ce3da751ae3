/** What is held to be true of every agent CLI whose own hooks we know: each claim against the real program. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import type { MessageView } from "../../src/contract/messages.ts";
import { install, type Pin } from "./agent-cli.ts";
import { type Agent, type AgentWorld, agentWorld, type Setting } from "./agent-world.ts";
import { openNamespace } from "./netns.ts";
import { STORED, until } from "./product.ts";
import { clientOf, inboxOf } from "./scripted.ts";

export interface Suite {
  readonly pin: Pin;
  readonly agent: Agent;
  /** What keeps a text that looks like a command from being one. */
  readonly guard: string;
  /** What was written, of what its model was told. */
  readonly read: (told: string) => string;
  /** What becomes of a tab in its composer. */
  readonly tab?: string;
  /** Where its answers come from. */
  readonly result: "hook" | "transcript";
  /** What a tool of conductor's is called by its MCP client. */
  readonly ours: (tool: string) => string;
  /** Its hooks are processes, which can be ended. */
  readonly scripts: boolean;
  /** What its model is told of a hook that was killed, where it is not our text. */
  readonly killed?: string;
  /** Tools of which its own question is switched off: what the policy asks about, and what it would do. */
  readonly covered: readonly Covered[];
}

export interface Covered {
  readonly tool: string;
  readonly input: (dev: AgentWorld) => object;
  readonly happened: (dev: AgentWorld) => boolean;
  /** What its model has to have done for the call to be taken. */
  readonly before?: (dev: AgentWorld) => Promise<void>;
}

async function lastMessage(dev: AgentWorld): Promise<MessageView | undefined> {
  return (await inboxOf(dev, "dev")).at(-1);
}

/** What the agent was told by people and other agents. */
function told(dev: AgentWorld): string[] {
  return dev
    .asked()
    .filter(({ toolResult }) => toolResult === null)
    .map(({ user }) => user);
}

export function results(dev: AgentWorld): string[] {
  return dev.asked().flatMap(({ toolResult }) => (toolResult === null ? [] : [toolResult]));
}

/** Resolves with the answer, which on a busy machine takes some of them half a minute at first. */
export async function ask(dev: AgentWorld, text: string): Promise<string> {
  const [{ id } = { id: "" }] = await clientOf(dev).send({ to: "dev", body: text });
  const turns: MessageView["turn"][] = [];
  const isOver = async (): Promise<boolean> => {
    const { turn } = await clientOf(dev).messageResult(id, 20_000);
    turns.push(turn);
    return (turn?.endedAt ?? null) !== null;
  };
  await until(isOver, "its turn is over", 120_000);
  expect(turns.at(-1)).toMatchObject({ state: "completed" });
  return turns.at(-1)?.result?.text ?? "";
}

export const calling = (tool: string, input: object): string =>
  `do:tool ${tool} ${JSON.stringify(input)}`;

/** The whole of a held answer, and nothing else. */
const HELD =
  /^HOLD-BEGIN\n\n(?:The quick brown fox jumps over the lazy dog\. ?){6}\n\nHOLD-END\n?$/;

export async function agentSuite(
  suite: Suite,
  more: (world: (config?: string) => Promise<AgentWorld>, setting: Setting) => void,
): Promise<void> {
  const { pin } = suite;
  const installed = await install(pin);
  const netns = await openNamespace();
  if (netns.ok) afterAll(() => netns.namespace.close());
  const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));
  const runs = `${pin.package} ${pin.version}`;
  console.log(missing.length === 0 ? `runs ${runs}` : `skipped: ${missing.join("; ")}`);
  const bin = installed.ok ? installed.folder : "";
  const enter = netns.ok ? netns.namespace.enter : [];
  const world = (config = "") => agentWorld(suite.agent, { bin, enter, config });
  describe.skipIf(missing.length > 0)(`${pin.package} ${pin.version}`, () => {
    conversation(suite, world);
    describe.each(suite.covered)("$tool", (one) => {
      gate(one, world);
      if (suite.scripts) hookEnded(one, world, suite.killed);
    });
    more(world, { bin, enter });
  });
}

function conversation(
  { guard, read, tab = "\t", result, ours }: Suite,
  world: () => Promise<AgentWorld>,
): void {
  test("a message is typed, the agent is seen at work, and its whole answer comes back", async () => {
    const dev = await world();
    const answer = ask(dev, "do:hold");
    await dev.becomes("working");
    await dev.shows("HOLD-BEGIN");
    dev.release();
    expect(await answer).toMatch(HELD);
    // Its session file may be ahead of its hook.
    await dev.becomes("idle");
    // Before, some draw their composer anew, once they are ready or as they take the first prompt.
    expect((await dev.statuses()).slice(-2)).toEqual(["working", "idle"]);
    expect(await lastMessage(dev)).toMatchObject({
      state: "delivered",
      receipt: expect.stringMatching(/^(?:hook|transcript)$/),
      turn: { state: "completed", result: { source: result } },
    });
    expect(told(dev)).toEqual(["do:hold"]);
  });

  test("messages arrive as they were written, each once and in their order", async () => {
    const dev = await world();
    const texts = [
      "First line\n\n  indented, with ünïcödé ✓ and 👩‍👩‍👧 日本\nthe last line",
      "```ts\nconst a = 1;\n\n\tconst b = `x`;\n```\n~~~\nend",
      Array.from({ length: 1_200 }, (_, line) => `${"long ".repeat(16)}line ${line}`).join("\n"),
      "- a list\n- [ ] with a box\n❯ 1. Yes",
    ];
    expect(texts[2]?.length).toBeGreaterThan(100_000);
    for (const text of texts)
      expect(await dev.run("send", "dev", "--", text)).toMatchObject({ code: 0 });
    expect(await ask(dev, "the last one")).toMatch(/^ACK bytes=12 /);
    const kept = texts.map((text) => text.replaceAll("\t", tab));
    expect(told(dev).map(read)).toEqual([...kept, "the last one"]);
  });

  test("a text that is a command to the CLI reaches the agent as a text", async () => {
    const dev = await world();
    const texts = ["/quit", "/clear the table\nplease", "exit", "!touch made-by-agent", "#x", "@x"];
    for (const text of texts) await dev.run("send", "dev", text);
    await ask(dev, "the last one");
    // Behind white space it would still leave.
    const before = (text: string) => (text === "exit" ? "Message: " : guard);
    const guarded = texts.map((text) => `${before(text)}${text}`);
    expect(told(dev).map(read)).toEqual([...guarded, "the last one"]);
    expect(existsSync(join(dev.work, "made-by-agent"))).toBe(false);
  });

  test("it hands work to another vendor's agent without a question, and gets the answer in its turn", async () => {
    const dev = await world();
    const who = ["--provider", "scripted", "--name", "mate", "--cwd", dev.work];
    await dev.json("launch", ...who, "--no-attach", "--no-panel");
    const work = { agent: "mate", message: "do:say answer from the mate" };
    await ask(dev, calling(ours("handoff"), work));
    expect(results(dev).at(-1)).toContain("answer from the mate");
    expect(await dev.json("approvals", "--all")).toEqual([]);
  });

  test("an interrupted turn ends as interrupted, and the agent takes the next message", async () => {
    const dev = await world();
    await dev.run("send", "dev", "do:hold");
    await dev.shows("HOLD-BEGIN");
    expect(await dev.run("interrupt", "dev")).toMatchObject({ code: 0 });
    await dev.becomes("idle");
    await expect
      .poll(() => lastMessage(dev), STORED)
      .toMatchObject({ turn: { state: "interrupted" } });
    expect(await ask(dev, "go on")).toMatch(/^ACK bytes=5 /);
  });
}

/** Its call waits. */
export async function asking(one: Covered, world: () => Promise<AgentWorld>): Promise<AgentWorld> {
  const dev = await seeded(world);
  await one.before?.(dev);
  await dev.run("send", "dev", calling(one.tool, one.input(dev)));
  expect(await dev.question()).toMatchObject({ origin: "api", terminalName: "dev" });
  expect(one.happened(dev)).toBe(false);
  return dev;
}

function gate(one: Covered, world: () => Promise<AgentWorld>): void {
  const { tool, input, happened } = one;
  test("what is risky waits, is denied with a reason, and runs after a yes", async () => {
    const dev = await seeded(world);
    await one.before?.(dev);
    const denied = ask(dev, calling(tool, input(dev)));
    const first = await dev.question();
    expect(first).toMatchObject({ origin: "api", terminalName: "dev" });
    expect(happened(dev)).toBe(false);
    await dev.run("deny", String(first.number), "--reason", "we need it");
    await denied;
    expect(results(dev).at(-1)).toContain("we need it");
    expect(happened(dev)).toBe(false);

    const approved = ask(dev, calling(tool, input(dev)));
    const second = await dev.question();
    expect(second.number).not.toBe(first.number);
    await dev.run("approve", String(second.number));
    await approved;
    expect(happened(dev)).toBe(true);
    // The shell's view of the call, and the CLI's own question, were asked about by nobody.
    const all = await dev.json<ApprovalView[]>("approvals", "--all");
    expect(all.map(({ origin }) => origin)).toEqual(["api", "api"]);
  });

  test("the daemon killed while it waits: it never runs", async () => {
    const dev = await asking(one, world);
    await dev.killDaemon();
    const isTold = () => results(dev).some((result) => result.includes("did not run"));
    await until(isTold, "the model is told that it did not run", 60_000);
    await dev.becomes("idle");
    expect(happened(dev)).toBe(false);
    expect(await dev.json("approvals", "--all")).toMatchObject([{ state: "abandoned" }]);
  });
}

/** In every text of ours. */
const SAID = "did not run";

function hookEnded(one: Covered, world: () => Promise<AgentWorld>, killed = SAID): void {
  test.each(["SIGKILL", "SIGTERM"] as const)(
    "the hook itself ended by %s: it never runs",
    async (signal) => {
      const dev = await asking(one, world);
      const hooks = dev.processes().filter((each) => each.includes("gates/hook "));
      expect(hooks).toHaveLength(1);
      for (const hook of hooks) process.kill(Number.parseInt(hook, 10), signal);
      const words = signal === "SIGKILL" ? killed : SAID;
      const isTold = () => results(dev).some((result) => result.includes(words));
      await until(isTold, "the model is told that it did not run", 60_000);
      await dev.becomes("idle");
      expect(one.happened(dev)).toBe(false);
    },
  );
}

/** With something to lose, and a file of which a change is asked about: what CI runs, others see. */
export async function seeded(world: () => Promise<AgentWorld>): Promise<AgentWorld> {
  const dev = await world();
  for (const folder of ["build", "src", ".github/workflows"])
    mkdirSync(join(dev.work, folder), { recursive: true });
  writeFileSync(join(dev.work, "build/a.txt"), "work");
  writeFileSync(workflow(dev), "before");
  return dev;
}

export const workflow = (dev: AgentWorld): string => join(dev.work, ".github/workflows/ci.yml");
