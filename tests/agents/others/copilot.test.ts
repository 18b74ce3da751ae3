import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { copilot as pin } from "../../support/agent-cli.ts";
import { agentSuite, type Suite, workflow } from "../../support/agent-suite.ts";
import type { AgentWorld } from "../../support/agent-world.ts";
import { copilot } from "../../support/copilot.ts";
import { hanging, resumed } from "../../support/lasting-agent.ts";

const wrote = (dev: AgentWorld) => readFileSync(workflow(dev), "utf8") === "after";

/** From some ten thousand characters on it puts a text into a file, and gives its model the path. */
const inFile = /^<pasted_content file="([^"]+)"[^>]*\/>$/;

const suite: Suite = {
  pin,
  agent: copilot,
  guard: "Message: ",
  read: (told) => {
    const [, file] = inFile.exec(told) ?? [];
    return file === undefined ? told : readFileSync(file, "utf8");
  },
  tab: "    ",
  result: "transcript",
  ours: (tool) => `conductor-${tool}`,
  scripts: true,
  killed: "hook errored",
  covered: [
    {
      tool: "bash",
      input: () => ({ command: "rm -rf build src", description: "clean" }),
      happened: (dev) => !existsSync(join(dev.work, "build/a.txt")),
    },
    {
      tool: "create",
      input: (dev) => ({ path: `${workflow(dev)}.new`, file_text: "after" }),
      happened: (dev) => existsSync(`${workflow(dev)}.new`),
    },
    {
      tool: "edit",
      input: (dev) => ({ path: workflow(dev), old_str: "before", new_str: "after" }),
      happened: wrote,
    },
  ],
};

await agentSuite(suite, (world) => {
  hanging(suite, world);
  resumed(suite, world);
});
