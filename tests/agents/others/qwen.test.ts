import { existsSync } from "node:fs";
import { join } from "node:path";
import { qwen as pin } from "../../support/agent-cli.ts";
import { agentSuite, resumes } from "../../support/agent-suite.ts";
import { qwen } from "../../support/qwen.ts";

await agentSuite(
  {
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
    ],
  },
  resumes,
);
