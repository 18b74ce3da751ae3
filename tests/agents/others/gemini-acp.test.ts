import { gemini as pin } from "../../support/agent-cli.ts";
import { gemini } from "../../support/gemini.ts";
import { headlessSuite } from "../../support/headless-suite.ts";

const input = JSON.stringify({ command: "rm -rf src", description: "clean" });
await headlessSuite({
  pin,
  agent: gemini,
  connector: "acp",
  removal: `do:tool run_shell_command ${input}`,
});
