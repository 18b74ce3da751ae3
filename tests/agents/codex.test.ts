import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import type { DecisionView } from "../../src/contract/decisions.ts";
import type { MessageView } from "../../src/contract/messages.ts";
import { codex, install } from "../support/agent-cli.ts";
import type { AgentWorld } from "../support/agent-world.ts";
import { codexWorld } from "../support/codex.ts";
import { openNamespace } from "../support/netns.ts";

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

const world = () => codexWorld({ bin, enter });

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
async function withBuild(): Promise<AgentWorld> {
  const dev = await world();
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
    expect(await dev.statuses()).toEqual(["idle", "working", "idle"]);
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
});
