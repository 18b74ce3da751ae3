import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { opencode as pin } from "../../support/agent-cli.ts";
import { agentSuite, type Suite, workflow } from "../../support/agent-suite.ts";
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

await agentSuite(suite, (world, setting) => outlives(suite, world, setting));
