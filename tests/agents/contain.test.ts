import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import { claudeCode, install } from "../support/agent-cli.ts";
import { answerFirstRun, type ClaudeWorld, emptyWorld } from "../support/claude.ts";
import { openNamespace } from "../support/netns.ts";
import { until } from "../support/product.ts";

const installed = await install(claudeCode);
const netns = await openNamespace();
if (netns.ok) afterAll(() => netns.namespace.close());
const bin = installed.ok ? installed.folder : "";
const enter = netns.ok ? netns.namespace.enter : [];
const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));

/** Approves what is asked, and resolves with the answer of the turn. */
async function tell(dev: ClaudeWorld, text: string): Promise<string> {
  let isOver = false;
  const sent = dev.run("send", "dev", text, "--wait").finally(() => {
    isOver = true;
  });
  await until(
    async () => {
      const asked = await dev.json<ApprovalView[]>("approvals");
      for (const { number } of asked) await dev.run("approve", String(number));
      return isOver;
    },
    "the turn is over",
    60_000,
  );
  return (await sent).stdout;
}

describe.skipIf(missing.length > 0)(`${claudeCode.package} contained`, () => {
  test("it starts, answers, runs approved commands in its workspace, and changes nothing else", async () => {
    const dev = await emptyWorld({ bin, enter });
    answerFirstRun(dev);
    const settings = join(dev.home, ".claude/settings.json");
    const before = [settings, join(dev.home, ".claude.json")].map((file) =>
      readFileSync(file, "utf8"),
    );
    const who = ["--provider", "claude-code", "--name", "dev", "--cwd", dev.work];
    await dev.json("launch", ...who, "--gate", "contain", "--no-panel");
    await dev.becomes("idle");
    expect(await tell(dev, "hello")).toMatch(/^ACK bytes=5 /);
    expect(await tell(dev, "do:run touch made-by-agent")).toMatch(/^TOOL-DONE/);
    expect(existsSync(join(dev.work, "made-by-agent"))).toBe(true);
    const outside = join(dev.home, "outside");
    writeFileSync(outside, "kept");
    await tell(dev, `do:run echo gone > ${outside}`);
    await tell(dev, `do:run echo '{}' > ${settings}`);
    await tell(dev, "do:run mkdir -p .claude && echo '{}' > .claude/settings.json");
    expect(readFileSync(outside, "utf8")).toBe("kept");
    const after = [settings, join(dev.home, ".claude.json")].map((file) =>
      readFileSync(file, "utf8"),
    );
    expect(after).toEqual(before);
    expect(existsSync(join(dev.work, ".claude/settings.json"))).toBe(false);
    expect(await dev.view()).toMatchObject({ status: "idle", gate: "contain" });
  }, 300_000);

  test("it hands work to another agent by its tools, without a question, and gets the answer", async () => {
    const dev = await emptyWorld({ bin, enter });
    answerFirstRun(dev);
    const where = ["--cwd", dev.work, "--no-panel"];
    const who = ["--provider", "claude-code", "--name", "dev", "--gate", "contain"];
    await dev.json("launch", ...who, ...where);
    await dev.json("launch", "--provider", "scripted", "--name", "mate", ...where);
    await dev.becomes("idle");
    const work = { agent: "mate", message: "do:say answer from outside" };
    const call = `do:tool mcp__conductor__handoff ${JSON.stringify(work)}`;
    expect((await dev.run("send", "dev", call, "--wait")).stdout).toContain("TOOL-DONE");
    expect(dev.asked().at(-1)?.toolResult).toContain("answer from outside");
    expect(await dev.json("approvals", "--all")).toEqual([]);
  });
});
