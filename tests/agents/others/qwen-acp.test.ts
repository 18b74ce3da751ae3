import { qwen as pin } from "../../support/agent-cli.ts";
import { headlessSuite } from "../../support/headless-suite.ts";
import { qwen } from "../../support/qwen.ts";

const input = JSON.stringify({ command: "rm -rf src", description: "clean" });
await headlessSuite({
  pin,
  agent: qwen,
  connector: "acp",
  removal: `do:tool run_shell_command ${input}`,
});
