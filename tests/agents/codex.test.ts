import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import type { DecisionView } from "../../src/contract/decisions.ts";
import type { MessageView } from "../../src/contract/messages.ts";
import { codex, install } from "../support/agent-cli.ts";
import type { AgentWorld } from "../support/agent-world.ts";
import { codexWorld, emptyCodexWorld, launch } from "../support/codex.ts";
import { openNamespace } from "../support/netns.ts";
import { STORED, until } from "../support/product.ts";

const installed = await install(codex);
const netns = await openNamespace();
if (netns.ok) afterAll(() => netns.namespace.close());
const bin = installed.ok ? installed.folder : "";
const enter = netns.ok ? netns.namespace.enter : [];
const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));
console.log(
  missing.length === 0
    ? `runs ${codex.package} ${codex.version}`
    : `skipped: ${missing.join("; ")}`,
);

const world = (config = "") => codexWorld({ bin, enter, config });

async function lastMessage(dev: AgentWorld): Promise<MessageView | undefined> {
  return (await dev.json<MessageView[]>("inbox", "dev")).at(-1);
}

/** What the agent was told by people and other agents. */
function told(dev: AgentWorld): string[] {
  return dev
    .asked()
    .filter(({ toolResult }) => toolResult === null)
    .map(({ user }) => user);
}

function results(dev: AgentWorld): string[] {
  return dev.asked().flatMap(({ toolResult }) => (toolResult === null ? [] : [toolResult]));
}

/** It has something to lose. */
async function withBuild(config = ""): Promise<AgentWorld> {
  const dev = await world(config);
  mkdirSync(join(dev.work, "build"));
  writeFileSync(join(dev.work, "build/a.txt"), "work");
  return dev;
}

const isKept = (dev: AgentWorld) => existsSync(join(dev.work, "build/a.txt"));
const removal = "do:run rm -rf build src";

describe.skipIf(missing.length > 0)(`${codex.package} ${codex.version}`, () => {
  test("a message is typed, the agent is seen at work, and its whole answer comes back", async () => {
    const dev = await world();
    const sent = dev.run("send", "dev", "do:hold", "--wait");
    await dev.becomes("working");
    await dev.shows("HOLD-BEGIN");
    dev.release();
    const ran = await sent;
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^HOLD-BEGIN\n\n(?:The quick .*){6}\n\nHOLD-END\n?$/);
    expect(await lastMessage(dev)).toMatchObject({
      state: "delivered",
      receipt: "hook",
      turn: { state: "completed", result: { source: "hook" } },
    });
    await dev.becomes("idle");
    expect((await dev.statuses()).slice(-3)).toEqual(["idle", "working", "idle"]);
    expect(told(dev)).toEqual(["do:hold"]);
  });

  test("a risky command waits, is denied with a reason, and runs after a yes", async () => {
    const dev = await withBuild();
    const denied = dev.run("send", "dev", removal, "--wait");
    const first = await dev.question();
    expect(first).toMatchObject({ origin: "api", terminalName: "dev" });
    expect(first.action).toMatchObject({ text: "rm -rf build src", cwd: dev.work });
    expect(isKept(dev)).toBe(true);
    await dev.run("deny", String(first.number), "--reason", "we need it");
    await denied;
    expect(results(dev).at(-1)).toContain("we need it");
    expect(isKept(dev)).toBe(true);

    const approved = dev.run("send", "dev", removal, "--wait");
    const second = await dev.question();
    expect(second.number).not.toBe(first.number);
    await dev.run("approve", String(second.number));
    await approved;
    expect(isKept(dev)).toBe(false);
    // The shell's view of the call was asked about by nobody.
    expect(await dev.json<ApprovalView[]>("approvals", "--all")).toHaveLength(2);
    const shell = await dev.json<DecisionView[]>("decisions");
    expect(shell.map(({ source }) => source)).toContain("bash");
  });

  test("the daemon killed while a command waits: it never runs, and the model is told", async () => {
    const dev = await withBuild();
    await dev.run("send", "dev", removal);
    await dev.question();
    await dev.killDaemon();
    const isTold = () => results(dev).some((result) => result.includes("does not answer"));
    await until(isTold, "the model is told that it did not run", 60_000);
    await dev.becomes("idle");
    expect(isKept(dev)).toBe(true);
    expect(await dev.json<ApprovalView[]>("approvals", "--all")).toMatchObject([
      { state: "abandoned" },
    ]);
  });

  test("the hook itself killed while a command waits: the shell's own gate asks, and it never runs", async () => {
    const dev = await withBuild();
    await dev.run("send", "dev", removal);
    const first = await dev.question();
    const hooks = dev.processes().filter((each) => /gates\/hook .*PreToolUse/.test(each));
    expect(hooks).toHaveLength(1);
    for (const hook of hooks) process.kill(Number.parseInt(hook, 10), "SIGKILL");
    // Codex runs what its killed hook was asked about; below it the shell's gate asks once more.
    const other = async () =>
      (await dev.json<ApprovalView[]>("approvals")).find(({ id }) => id !== first.id);
    await until(async () => (await other()) !== undefined, "the shell asks");
    const second = await other();
    expect(isKept(dev)).toBe(true);
    await dev.run("deny", String(second?.number));
    await dev.becomes("idle");
    expect(isKept(dev)).toBe(true);
  });

  test("the hook hangs past its time-out while a command waits: it is asked about once more, and never runs", async () => {
    // Ours ends after 12 s, the CLI's after 22.
    const dev = await withBuild("gate: { waitSeconds: 2 }\n");
    await dev.run("send", "dev", removal);
    const first = await dev.question();
    const hooks = dev.processes().filter((each) => /gates\/hook .*PreToolUse/.test(each));
    expect(hooks).toHaveLength(1);
    for (const hook of hooks) process.kill(Number.parseInt(hook, 10), "SIGSTOP");
    const other = async () =>
      (await dev.json<ApprovalView[]>("approvals")).find(({ id }) => id !== first.id);
    // By Codex itself: what its hook did not answer is not run without a question.
    await until(async () => (await other()) !== undefined, "it is asked", 60_000);
    expect(isKept(dev)).toBe(true);
    await dev.run("deny", String((await other())?.number));
    await dev.becomes("idle");
    expect(isKept(dev)).toBe(true);
  });

  test("a daemon that says nothing at all: the hook gives up before its own time-out, and nothing runs", async () => {
    const dev = await withBuild("gate: { waitSeconds: 0.3 }\n");
    const daemon = await dev.daemonPid();
    await dev.run("send", "dev", "do:late rm -rf build src");
    await dev.becomes("working");
    await dev.shows("I will run");
    process.kill(daemon, "SIGSTOP");
    dev.release();
    const isTold = () => results(dev).some((result) => result.includes("does not answer"));
    await until(isTold, "the model is told that it did not run", 60_000);
    process.kill(daemon, "SIGCONT");
    expect(isKept(dev)).toBe(true);
  });

  test("messages arrive as they were written, and none of them is taken for a command", async () => {
    const dev = await world();
    const plain = [
      "First line\n\n  indented, with ünïcödé ✓ and 👩‍👩‍👧 日本\n```ts\nconst a = `b`;\n\treturn a;\n```",
      "- a list\n- [ ] with a box\n› 1. Yes\n  2. No",
      Array.from({ length: 1_700 }, (_, n) => `line ${n} of a long text, ${"x".repeat(40)}`).join(
        "\n",
      ),
    ];
    const guarded = ["/quit", "/nosuch thing", "!touch made-by-agent", "#x", "@work", "?"];
    for (const text of [...plain, ...guarded]) await dev.run("send", "dev", "--", text);
    const ran = await dev.run("send", "dev", "the last one", "--wait");
    expect(ran.stdout).toMatch(/^ACK bytes=12 /);
    expect(told(dev)).toEqual([...plain, ...guarded, "the last one"]);
    expect(existsSync(join(dev.work, "made-by-agent"))).toBe(false);
  });

  test("what it asks itself is answered by the yes of before, and else becomes an approval", async () => {
    const dev = await withBuild();
    const out = join(dev.home, "outside.txt");
    const call = (cmd: string) =>
      `do:tool exec_command ${JSON.stringify({ cmd, sandbox_permissions: "require_escalated", justification: "May I?" })}`;
    await dev.run("send", "dev", call("cat /etc/hostname | cat"));
    await dev.becomes("waiting(permission)");
    const asked = await dev.question();
    expect(asked).toMatchObject({ origin: "screen" });
    await dev.run("approve", String(asked.number));
    await dev.becomes("idle");
    const sent = dev.run("send", "dev", call(`echo x > ${out}`), "--wait");
    const second = await dev.question();
    expect(second).toMatchObject({ origin: "api" });
    await dev.run("approve", String(second.number));
    await sent;
    expect(existsSync(out)).toBe(true);
    expect(await dev.json<ApprovalView[]>("approvals", "--all")).toHaveLength(2);
  });

  test("it leaves at its own word, and goes on with its session under the same gate", async () => {
    const dev = await withBuild();
    await dev.run("send", "dev", "remember the first", "--wait");
    const files = readdirSync(join(dev.env["CODEX_HOME"] ?? "", "sessions"), { recursive: true });
    const session = /rollout-.*?T[\d-]{8}-(.*)\.jsonl/.exec(files.join("\n"))?.[1] ?? "";
    expect(session).toMatch(/^[\da-f-]{36}$/);
    expect(await dev.run("shutdown", "--all")).toMatchObject({ code: 0, stdout: "stopped  dev\n" });
    await until(() => !dev.processes().some((each) => each.includes("codex")), "it is gone");

    await launch(dev, "--resume", session);
    await dev.becomes("idle");
    const denied = dev.run("send", "dev", removal, "--wait");
    const { number } = await dev.question();
    expect(dev.asked().at(-1)?.texts).toEqual(expect.arrayContaining(["remember the first"]));
    await dev.run("deny", String(number));
    await denied;
    expect(isKept(dev)).toBe(true);
    expect(await lastMessage(dev)).toMatchObject({ receipt: "hook" });
  });

  test("a patch, which Codex applies itself and no shell sees, is asked about all the same", async () => {
    const dev = await world();
    const file = join(dev.work, ".github/workflows/ci.yml");
    const patch =
      "*** Begin Patch\n*** Add File: .github/workflows/ci.yml\n+on: push\n*** End Patch";
    const call = `do:tool exec_command ${JSON.stringify({ cmd: `apply_patch <<'EOF'\n${patch}\nEOF` })}`;
    for (const verdict of ["deny", "approve"]) {
      const sent = dev.run("send", "dev", call, "--wait");
      const { number, action } = await dev.question();
      expect(action.text).toContain("Add File: .github/workflows/ci.yml");
      expect(existsSync(file)).toBe(false);
      await dev.run(verdict, String(number));
      await sent;
      expect(existsSync(file)).toBe(verdict === "approve");
    }
  });

  test("contained it starts, answers, and runs what was approved in its workspace alone", async () => {
    const dev = await emptyCodexWorld({ bin, enter });
    const config = readFileSync(join(dev.home, ".codex/config.toml"), "utf8");
    await launch(dev, "--gate", "contain");
    await dev.becomes("idle");
    expect((await dev.run("send", "dev", "hello", "--wait")).stdout).toMatch(/^ACK bytes=5 /);
    await dev.run("send", "dev", "do:run touch made-by-agent", "--wait");
    const outside = join(dev.home, "outside.txt");
    const sent = dev.run("send", "dev", `do:run echo x > ${outside}`, "--wait");
    await dev.run("approve", String((await dev.question()).number));
    await sent;
    expect(existsSync(outside)).toBe(false);
    expect(existsSync(join(dev.work, "made-by-agent"))).toBe(true);
    expect(readFileSync(join(dev.home, ".codex/config.toml"), "utf8")).toBe(config);
  });

  test("a turn that is interrupted, and one that its model refuses, end as what they are", async () => {
    const dev = await world();
    await dev.run("send", "dev", "do:hold");
    await dev.shows("HOLD-BEGIN");
    expect(await dev.run("interrupt", "dev")).toMatchObject({ code: 0 });
    await dev.becomes("idle");
    await expect
      .poll(() => lastMessage(dev), STORED)
      .toMatchObject({ turn: { state: "interrupted" } });
    expect((await dev.run("send", "dev", "do:http 400", "--wait")).code).toBe(1);
    await dev.becomes("idle(failed)");
    expect((await dev.run("send", "dev", "go on", "--wait")).stdout).toMatch(/^ACK bytes=5 /);
  });
});
