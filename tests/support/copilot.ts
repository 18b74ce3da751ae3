import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type * as agents from "./agent-world.ts";

/** Its program unpacks itself there, which takes some ten seconds. */
const UNPACKED = join(
  process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
  "agent-conductor/copilot",
);

export const copilot: agents.Agent = {
  provider: "copilot",
  env: ({ port }) => ({
    COPILOT_PROVIDER_BASE_URL: `http://127.0.0.1:${port}/v1`,
    COPILOT_PROVIDER_TYPE: "openai",
    COPILOT_PROVIDER_API_KEY: "dummy",
    COPILOT_MODEL: "scripted",
    COPILOT_OFFLINE: "true",
    COPILOT_CACHE_HOME: UNPACKED,
  }),
  answerFirstRun,
};

export function answerFirstRun({ home, work }: agents.Stage): void {
  mkdirSync(join(home, ".copilot"), { recursive: true });
  writeFileSync(join(home, ".copilot/config.json"), JSON.stringify({ trustedFolders: [work] }));
}
