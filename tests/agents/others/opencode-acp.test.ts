import { opencode as pin } from "../../support/agent-cli.ts";
import { headlessSuite } from "../../support/headless-suite.ts";
import { opencode } from "../../support/opencode.ts";

const input = JSON.stringify({ command: "rm -rf src", description: "clean" });
await headlessSuite({ pin, agent: opencode, connector: "acp", removal: `do:tool bash ${input}` });
