/** What providers/claude-code.yaml says is covered: each of these tools is held, denied, approved and outlives a kill. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import { claudeCode, install } from "../support/agent-cli.ts";
import { type ClaudeWorld, claudeWorld } from "../support/claude.ts";
import { openNamespace } from "../support/netns.ts";
import { until } from "../support/product.ts";

const installed = await install(claudeCode);
const netns = await openNamespace();
if (netns.ok) afterAll(() => netns.namespace.close());
const bin = installed.ok ? installed.folder : "";
const enter = netns.ok ? netns.namespace.enter : [];
const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));
if (missing.length > 0) console.log(`skipped: ${missing.join("; ")}`);

interface Covered {
  readonly tool: string;
  /** What the model calls; the policy asks about it. */
  readonly input: (dev: ClaudeWorld) => object;
  readonly happened: (dev: ClaudeWorld) => boolean;
}

/** It runs by itself where others can see it, so the policy asks; reading it asks nobody. */
const notes = (dev: ClaudeWorld) => join(dev.work, ".github/workflows/ci.yml");
const wrote = (dev: ClaudeWorld) => readFileSync(notes(dev), "utf8") === "after";
const covered: readonly Covered[] = [
  {
    tool: "Bash",
    input: () => ({ command: "rm -rf build-output src", description: "clean" }),
    happened: (dev) => !existsSync(join(dev.work, "src")),
  },
  {
    tool: "Write",
    input: (dev) => ({ file_path: notes(dev), content: "after" }),
    happened: wrote,
  },
  {
    tool: "Edit",
    input: (dev) => ({ file_path: notes(dev), old_string: "before", new_string: "after" }),
    happened: wrote,
  },
];

async function started(config = ""): Promise<ClaudeWorld> {
  const dev = await claudeWorld({ bin, enter, config });
  mkdirSync(join(dev.work, "src"));
  mkdirSync(dirname(notes(dev)), { recursive: true });
  writeFileSync(notes(dev), "before");
  // It changes no file that it has not read.
  await say(dev, "Read", { file_path: notes(dev) });
  return dev;
}

/** The hook that waits lives on, and neither reads nor ends. */
function freeze(dev: ClaudeWorld): void {
  const hooks = dev.processes().filter((each) => /gates\/hook .*PreToolUse/.test(each));
  expect(hooks).toHaveLength(1);
  for (const hook of hooks) process.kill(Number.parseInt(hook, 10), "SIGSTOP");
}

async function say(dev: ClaudeWorld, tool: string, input: object): Promise<string> {
  const ran = await dev.run("send", "dev", `do:tool ${tool} ${JSON.stringify(input)}`, "--wait");
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  return ran.stdout;
}

const results = (dev: ClaudeWorld) =>
  dev.asked().flatMap(({ toolResult }) => (toolResult === null ? [] : [toolResult]));

describe.skipIf(missing.length > 0)(`hooks of ${claudeCode.package} ${claudeCode.version}`, () => {
  test.each(covered)(
    "a risky $tool waits, is denied with a reason, and runs after a yes",
    async (one) => {
      const dev = await started();
      const denied = say(dev, one.tool, one.input(dev));
      const first = await dev.question();
      expect(first).toMatchObject({ origin: "api", terminalName: "dev" });
      expect(one.happened(dev)).toBe(false);
      await dev.run("deny", String(first.number), "--reason", "we need it");
      await denied;
      expect(results(dev).at(-1)).toContain("we need it");
      expect(one.happened(dev)).toBe(false);

      const approved = say(dev, one.tool, one.input(dev));
      const second = await dev.question();
      expect(second.number).not.toBe(first.number);
      expect(await dev.run("approve", String(second.number))).toMatchObject({
        code: 0,
        stderr: "",
      });
      await approved;
      expect(one.happened(dev)).toBe(true);
      // The shell's view of the call, and the CLI's own question, were asked about by nobody.
      expect(await dev.json<ApprovalView[]>("approvals", "--all")).toHaveLength(2);
      // Its own screen shows work: that a human is waited for, the gate knows.
      expect(await dev.statuses()).toContain("waiting permission");
    },
  );

  test.each(covered)("the daemon killed while a $tool waits: it never runs", async (one) => {
    const dev = await started();
    await dev.run("send", "dev", `do:tool ${one.tool} ${JSON.stringify(one.input(dev))}`);
    await dev.question();
    await dev.killDaemon();
    const told = () => results(dev).some((result) => result.includes("does not answer"));
    await until(told, "the model is told that it did not run", 60_000);
    await dev.becomes("idle");
    expect(one.happened(dev)).toBe(false);
    expect(await dev.json<ApprovalView[]>("approvals", "--all")).toMatchObject([
      { state: "abandoned" },
    ]);
  });

  test.each(covered)("the hook itself killed while a $tool waits: it never runs", async (one) => {
    const dev = await started();
    await dev.run("send", "dev", `do:tool ${one.tool} ${JSON.stringify(one.input(dev))}`);
    await dev.question();
    const hooks = dev.processes().filter((each) => /gates\/hook .*PreToolUse/.test(each));
    expect(hooks).toHaveLength(1);
    for (const hook of hooks) process.kill(Number.parseInt(hook, 10), "SIGKILL");
    // `onFailure`, which versions before 2.1.295 do not know.
    const told = () => results(dev).some((result) => result.includes("blocking because onFailure"));
    await until(told, "the model is told that it did not run", 60_000);
    await dev.becomes("idle");
    expect(one.happened(dev)).toBe(false);
    expect(await dev.json<ApprovalView[]>("approvals", "--all")).toMatchObject([
      { state: "abandoned" },
    ]);
  });

  test.each(covered)(
    "the hook hangs past its time-out while a $tool waits: it never runs",
    async (one) => {
      // Ours ends after 12 s, the CLI's after 22.
      const dev = await started("gate: { waitSeconds: 2 }\n");
      await dev.run("send", "dev", `do:tool ${one.tool} ${JSON.stringify(one.input(dev))}`);
      await dev.question();
      freeze(dev);
      const told = () => results(dev).some((result) => /timed out[^]*onFailure/.test(result));
      await until(told, "the model is told that it did not run", 60_000);
      await dev.becomes("idle");
      expect(one.happened(dev)).toBe(false);
    },
  );

  test("a daemon that says nothing at all: the hook gives up before its own time-out, and nothing runs", async () => {
    const dev = await claudeWorld({ bin, enter, config: "gate: { waitSeconds: 0.3 }\n" });
    mkdirSync(join(dev.work, "src"));
    const daemon = await dev.daemonPid();
    await dev.run("send", "dev", "do:late rm -rf build-output src");
    await until(() => dev.asked().length > 0, "the model is asked");
    process.kill(daemon, "SIGSTOP");
    const told = () => {
      // The model may not hold its answer yet.
      dev.release();
      return results(dev).some((result) => result.includes("does not answer"));
    };
    await until(told, "the model is told that it did not run", 60_000);
    process.kill(daemon, "SIGCONT");
    expect(existsSync(join(dev.work, "src"))).toBe(true);
  });

  test("what the policy allows runs without any question, and the guard's own files are refused", async () => {
    const dev = await started();
    const made = join(dev.work, "made.txt");
    await say(dev, "Write", { file_path: made, content: "x" });
    expect(existsSync(made)).toBe(true);
    await say(dev, "Bash", { command: "touch by-shell | cat" });
    expect(existsSync(join(dev.work, "by-shell"))).toBe(true);
    await say(dev, "Write", { file_path: join(dev.work, ".ai/policy.yaml"), content: "x" });
    expect(results(dev).at(-1)).toContain("refused by policy");
    expect(existsSync(join(dev.work, ".ai"))).toBe(false);
    expect(await dev.json("approvals", "--all")).toEqual([]);
    const shell = await dev.json<{ source: string; command: string }[]>("decisions");
    expect(shell).toContainEqual(
      expect.objectContaining({ source: "bash", command: "touch by-shell | cat" }),
    );
  });

  test("for a tool that is not covered its own question still comes, and becomes an approval", async () => {
    const dev = await started();
    const url = { url: "https://example.com/", prompt: "what is it" };
    await dev.run("send", "dev", `do:tool WebFetch ${JSON.stringify(url)}`);
    await dev.becomes("waiting(permission)");
    const asked = await dev.question();
    expect(asked.origin).toBe("screen");
    expect(asked.action.text).toContain("example.com");
  });
});
