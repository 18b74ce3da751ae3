import { claudeCode } from "../support/agent-cli.ts";
import { claude } from "../support/claude.ts";
import { headlessSuite } from "../support/headless-suite.ts";

await headlessSuite({ pin: claudeCode, agent: claude, removal: "do:run rm -rf src" });
