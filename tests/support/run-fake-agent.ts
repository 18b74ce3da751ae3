/** The scripted agent as a program: `node tests/support/run-fake-agent.ts [options]`. */
import { runFakeAgent } from "../../src/fake-agent/main.ts";

process.exitCode = await runFakeAgent(process.argv.slice(2));
