import { codex as pin } from "../support/agent-cli.ts";
import { codex } from "../support/codex.ts";
import { headlessSuite } from "../support/headless-suite.ts";

await headlessSuite({ pin, agent: codex, removal: "do:run rm -rf build src" });
