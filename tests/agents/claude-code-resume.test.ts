/** Claude Code after a reboot: it goes on with what it was told before. */
import { afterAll, describe, expect, test } from "vitest";
import type { LaunchOutcome, RestartOutcome } from "../../src/contract/terminals.ts";
import { claudeCode, install } from "../support/agent-cli.ts";
import { claudeWorld } from "../support/claude.ts";
import { openNamespace } from "../support/netns.ts";

const installed = await install(claudeCode);
const netns = await openNamespace();
if (netns.ok) afterAll(() => netns.namespace.close());
const bin = installed.ok ? installed.folder : "";
const enter = netns.ok ? netns.namespace.enter : [];
const missing = [installed, netns].flatMap((each) => (each.ok ? [] : [each.reason]));
if (missing.length > 0) console.log(`skipped: ${missing.join("; ")}`);

describe.skipIf(missing.length > 0)(`${claudeCode.package} ${claudeCode.version}`, () => {
  test("after a reboot its conversation goes on, once there is one", async () => {
    const dev = await claudeWorld({ bin, enter });
    const unused = await dev.json<RestartOutcome>("restart", "dev", "--resume");
    expect(unused).toMatchObject({
      resumed: false,
      fresh: expect.stringContaining("kept nothing"),
    });
    await dev.becomes("idle");
    await dev.run("send", "dev", "the word is heron", "--wait");
    const before = await dev.view();
    await dev.killDaemon();
    await dev.tmux("kill-server");

    const who = ["--provider", "claude-code", "--name", "dev", "--cwd", dev.work];
    const back = await dev.json<LaunchOutcome>("launch", ...who, "--resume", "--no-panel");
    expect(back).toMatchObject({ resumed: ["dev"], fresh: [], launched: [{ id: before?.id }] });
    await dev.becomes("idle");
    await dev.shows("the word is heron");
    const sent = await dev.run("send", "dev", "which word?", "--wait");
    expect(sent).toMatchObject({ code: 0 });
    const asked = dev.asked().at(-1);
    expect(asked?.user).toContain("which word?");
    expect(asked?.earlier?.join("\n")).toContain("the word is heron");
  });
});
