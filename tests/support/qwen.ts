import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as agents from "./agent-world.ts";

export const qwen: agents.Agent = {
  provider: "qwen",
  env: ({ port }) => ({
    OPENAI_API_KEY: "dummy",
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
    OPENAI_MODEL: "scripted",
  }),
  answerFirstRun,
};

export function answerFirstRun({ home }: agents.Stage): void {
  const settings = {
    security: { auth: { selectedType: "openai" } },
    privacy: { usageStatisticsEnabled: false },
    // Else it asks the model after a turn what is to be remembered.
    memory: { enableManagedAutoMemory: false },
  };
  mkdirSync(join(home, ".qwen"), { recursive: true });
  writeFileSync(join(home, ".qwen/settings.json"), JSON.stringify(settings));
}
