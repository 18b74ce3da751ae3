import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { opencode as pin } from "../../support/agent-cli.ts";
import {
  agentSuite,
  ask,
  calling,
  results,
  type Suite,
  workflow,
} from "../../support/agent-suite.ts";
import type { AgentWorld } from "../../support/agent-world.ts";
import { outlives } from "../../support/lasting-agent.ts";
import { opencode } from "../../support/opencode.ts";

const wrote = (dev: AgentWorld) => readFileSync(workflow(dev), "utf8") === "after";

const suite: Suite = {
  pin,
  agent: opencode,
  guard: " ",
  // It puts a blank behind a paste of some lines, as we do behind an @word.
  read: (told) => told.replace(/ $/, ""),
  result: "hook",
  ours: (tool) => `conductor_${tool}`,
  scripts: false,
  covered: [
    {
      tool: "bash",
      input: () => ({ command: "rm -rf build src", description: "clean" }),
      happened: (dev) => !existsSync(join(dev.work, "build/a.txt")),
    },
    {
      tool: "write",
      input: (dev) => ({ filePath: workflow(dev), content: "after" }),
      happened: wrote,
    },
    {
      tool: "edit",
      input: (dev) => ({ filePath: workflow(dev), oldString: "before", newString: "after" }),
      happened: wrote,
    },
  ],
};

await agentSuite(suite, (world, setting) => {
  outlives(suite, world, setting);
  test("a call of our tools may take longer than a minute", async () => {
    const dev = await world();
    const who = ["--provider", "scripted", "--name", "mate", "--cwd", dev.work];
    await dev.json("launch", ...who, "--no-attach", "--no-panel");
    const work = { agent: "mate", message: "do:slow 65\ndo:say after a while" };
    await ask(dev, calling("conductor_handoff", work));
    expect(results(dev).at(-1)).toContain("after a while");
  });
});
