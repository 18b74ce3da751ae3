import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gemini as pin } from "../../support/agent-cli.ts";
import { agentSuite, type Suite, workflow } from "../../support/agent-suite.ts";
import type { AgentWorld } from "../../support/agent-world.ts";
import { gemini } from "../../support/gemini.ts";
import { outlives } from "../../support/lasting-agent.ts";

const wrote = (dev: AgentWorld) => readFileSync(workflow(dev), "utf8") === "after";

const suite: Suite = {
  pin,
  agent: gemini,
  guard: "Message: ",
  read: (told) => told,
  result: "transcript",
  ours: (tool) => `mcp_conductor_${tool}`,
  scripts: true,
  covered: [
    {
      tool: "run_shell_command",
      input: () => ({ command: "rm -rf build src", description: "clean" }),
      happened: (dev) => !existsSync(join(dev.work, "build/a.txt")),
    },
    {
      tool: "write_file",
      input: (dev) => ({ file_path: workflow(dev), content: "after" }),
      happened: wrote,
    },
    {
      tool: "replace",
      input: (dev) => ({
        file_path: workflow(dev),
        instruction: "change it",
        old_string: "before",
        new_string: "after",
      }),
      happened: wrote,
    },
  ],
};

await agentSuite(suite, (world, setting) => outlives(suite, world, setting));
