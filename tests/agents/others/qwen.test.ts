import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { qwen as pin } from "../../support/agent-cli.ts";
import { agentSuite, ask, calling, type Suite, workflow } from "../../support/agent-suite.ts";
import { contained, resumed } from "../../support/lasting-agent.ts";
import { qwen } from "../../support/qwen.ts";

const suite: Suite = {
  pin,
  agent: qwen,
  guard: "Message: ",
  read: (told) => told,
  result: "hook",
  ours: (tool) => `mcp__conductor__${tool}`,
  scripts: true,
  covered: [
    {
      tool: "run_shell_command",
      input: () => ({ command: "rm -rf build src", description: "clean" }),
      happened: (dev) => !existsSync(join(dev.work, "build/a.txt")),
    },
    {
      tool: "write_file",
      input: (dev) => ({ file_path: `${workflow(dev)}.new`, content: "after" }),
      happened: (dev) => existsSync(`${workflow(dev)}.new`),
    },
    {
      tool: "edit",
      input: (dev) => ({ file_path: workflow(dev), old_string: "before", new_string: "after" }),
      happened: (dev) => readFileSync(workflow(dev), "utf8") === "after",
      // It edits only what its model has read.
      before: async (dev) => {
        await ask(dev, calling("read_file", { file_path: workflow(dev) }));
      },
    },
  ],
};

/** Not with a daemon that hangs: its own question, which ours answers else, then waits for a person. */
await agentSuite(suite, (world, setting) => {
  resumed(suite, world);
  contained(suite, setting);
});
