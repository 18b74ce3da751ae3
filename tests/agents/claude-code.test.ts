import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { MessageView } from "../../src/contract/messages.ts";
import { claudeCode, install } from "../support/agent-cli.ts";
import { type ClaudeWorld, claudeWorld, emptyWorld, launch } from "../support/claude.ts";
import { openNamespace } from "../support/netns.ts";
import { STORED, until } from "../support/product.ts";

const installed = await install(claudeCode);
const netns = await openNamespace();
if (netns.ok) afterAll(() => netns.namespace.close());
const bin = installed.ok ? installed.folder : "";
const enter = netns.ok ? netns.namespace.enter : [];
const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));
console.log(
  missing.length === 0
    ? `runs ${claudeCode.package} ${claudeCode.version}`
    : `skipped: ${missing.join("; ")}`,
);

const world = () => claudeWorld({ bin, enter });
/** In which its own permission dialogs stand: elsewhere its hooks answer for what is covered. */
const asking = () => claudeWorld({ bin, enter, config: "gate: { level: observe }\n" });

/** What became of the last message. */
async function lastMessage(dev: ClaudeWorld): Promise<MessageView | undefined> {
  return (await dev.json<MessageView[]>("inbox", "dev")).at(-1);
}

/** What the agent was told by people and other agents, without what the CLI adds of its own. */
function told(dev: ClaudeWorld): string[] {
  return dev
    .asked()
    .filter(({ toolResult }) => toolResult === null)
    .map(({ user }) => user);
}

/** The whole of a held answer, and nothing else. */
const HELD =
  /^HOLD-BEGIN\n\n(?:The quick brown fox jumps over the lazy dog\. ?){6}\n\nHOLD-END\n?$/;

const made = (dev: ClaudeWorld) => existsSync(join(dev.work, "made-by-agent"));

describe.skipIf(missing.length > 0)(`${claudeCode.package} ${claudeCode.version}`, () => {
  test("first-run dialogs are told as dialogs, and a message waits until a person has answered them", async () => {
    const dev = await emptyWorld({ bin, enter });
    await launch(dev);
    await dev.becomes("waiting(dialog)");
    await dev.run("send", "dev", "hello, agent");
    for (const [title, key, then] of [
      ["Choose the text style", "Enter", "Security notes"],
      ["Security notes", "Enter", "Accessing workspace"],
      ["❯ No, exit", "Down", "❯ Yes, I trust this folder"],
      ["❯ Yes, I trust this folder", "Enter", "? for shortcuts"],
    ] as const) {
      await dev.shows(title);
      // A dialog that has just come may be built once more, with another option selected.
      await until(async () => {
        const view = await dev.view();
        const stood = Date.now() - (view?.statusAt ?? Date.now());
        return view?.status === "waiting" && stood > 1_500;
      }, `the dialog "${title}" to be known, and to stand`);
      expect(await dev.view()).toMatchObject({ status: "waiting", detail: "dialog", unread: 1 });
      await dev.press(key, then);
    }
    await until(async () => (await lastMessage(dev))?.turn?.state === "completed", "an answer");
    expect(told(dev)).toEqual(["hello, agent"]);
  });

  test("a message is typed, the agent is seen at work, and its whole answer comes back", async () => {
    const dev = await world();
    const sent = dev.run("send", "dev", "do:hold", "--wait");
    await dev.becomes("working");
    await dev.shows("HOLD-BEGIN");
    dev.release();
    const ran = await sent;
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(HELD);
    await dev.becomes("idle");
    expect(await dev.statuses()).toEqual(["idle", "working", "idle"]);
    expect(await lastMessage(dev)).toMatchObject({
      state: "delivered",
      receipt: "hook",
      turn: { state: "completed", result: { source: "hook" } },
    });
    expect(told(dev)).toEqual(["do:hold"]);
  });

  test("messages arrive as they were written, each once and in their order", async () => {
    const dev = await world();
    const texts = [
      "First line\n\n  indented, with ünïcödé ✓ and 👩‍👩‍👧 日本\nthe last line",
      Array.from({ length: 200 }, (_, line) => `line ${line} of a long text`).join("\n"),
      `one line of ${"many words ".repeat(300)}to the end`,
      "- a list\n- [ ] with a box\n❯ 1. Yes",
    ];
    for (const text of texts)
      expect(await dev.run("send", "dev", "--", text)).toMatchObject({ code: 0 });
    const ran = await dev.run("send", "dev", "the last one", "--wait");
    expect(ran.stdout).toMatch(/^ACK bytes=12 /);
    expect(told(dev)).toEqual([...texts, "the last one"]);
  });

  test("a text that is a command to the CLI reaches the agent as a text", async () => {
    const dev = await world();
    const texts = ["/exit", "/clear the table\nplease", "exit", ":q", "!touch made-by-agent", "#x"];
    for (const text of texts) await dev.run("send", "dev", text);
    const ran = await dev.run("send", "dev", "the last one", "--wait");
    expect(ran.code).toBe(0);
    expect(told(dev)).toEqual([...texts.map((text) => `Message: ${text}`), "the last one"]);
    expect(made(dev)).toBe(false);
  });

  test("an approved command runs, once it was approved and not before", async () => {
    const dev = await asking();
    const sent = dev.run("send", "dev", "do:run touch made-by-agent", "--wait");
    await dev.becomes("waiting(permission)");
    const asked = await dev.question();
    expect(asked).toMatchObject({ terminalName: "dev", origin: "screen" });
    expect(asked.action.text).toBe("touch made-by-agent");
    expect(made(dev)).toBe(false);
    expect(await dev.run("approve", String(asked.number))).toMatchObject({ code: 0, stderr: "" });
    expect((await sent).stdout).toMatch(/^TOOL-DONE/);
    expect(made(dev)).toBe(true);
    expect(await dev.json("approvals")).toEqual([]);
    await dev.becomes("idle");
  });

  test("a denied command does not run, and the agent is told why", async () => {
    const dev = await asking();
    await dev.run("send", "dev", "do:run touch made-by-agent");
    await dev.becomes("waiting(permission)");
    const { number } = await dev.question();
    const ran = await dev.run("deny", String(number), "--reason", "not in this folder");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const isTold = () => dev.asked().some(({ user }) => user.includes("not in this folder"));
    await until(isTold, "the agent is told");
    await dev.becomes("idle");
    expect(made(dev)).toBe(false);
    expect(await dev.json("approvals")).toEqual([]);
  });

  test("a question outlives a killed daemon: asked once, approved at the next, and run", async () => {
    const dev = await asking();
    await dev.run("send", "dev", "do:run touch made-by-agent");
    await dev.becomes("waiting(permission)");
    const before = await dev.question();
    await dev.killDaemon();
    await dev.becomes("waiting(permission)");
    const after = await dev.question();
    expect(after).toMatchObject({ id: before.id, hash: before.hash });
    expect(await dev.run("approve", String(after.number))).toMatchObject({ code: 0, stderr: "" });
    await until(() => made(dev), "the command has run");
    await dev.becomes("idle");
    expect(await lastMessage(dev)).toMatchObject({ turn: { state: "completed" } });
    expect(await dev.json("approvals", "--all")).toHaveLength(1);
  });

  test("a daemon killed in a turn harms nothing: its end is seen and its answer kept", async () => {
    const dev = await world();
    await dev.run("send", "dev", "do:hold");
    await dev.shows("HOLD-BEGIN");
    const { paneId } = (await dev.view()) ?? {};
    await dev.killDaemon();
    await dev.becomes("working");
    expect(await dev.view()).toMatchObject({ paneId });
    dev.release();
    await dev.becomes("idle");
    const message = await lastMessage(dev);
    expect(message).toMatchObject({ state: "delivered", turn: { state: "completed" } });
    expect(message?.turn?.result?.text).toMatch(HELD);
    expect(told(dev)).toEqual(["do:hold"]);
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
    expect((await dev.run("send", "dev", "go on", "--wait")).stdout).toMatch(/^ACK bytes=5 /);
  });

  test("a turn that the model refuses ends as failed, and the agent takes the next message", async () => {
    const dev = await world();
    expect((await dev.run("send", "dev", "do:http 400", "--wait")).code).toBe(1);
    await dev.becomes("idle(failed)");
    expect((await dev.run("send", "dev", "go on", "--wait")).stdout).toMatch(/^ACK bytes=5 /);
    await dev.becomes("idle");
  });

  test("shutdown leaves no process and no tmux server", async () => {
    const dev = await world();
    expect(await dev.run("shutdown", "--all")).toMatchObject({ code: 0, stdout: "stopped  dev\n" });
    await dev.run("daemon", "stop");
    expect((await dev.tmux("list-sessions")).code).toBe(1);
    await until(() => dev.processes().length === 0, "no process is left");
  });
});
