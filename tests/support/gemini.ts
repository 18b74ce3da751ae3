import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as agents from "./agent-world.ts";

export const gemini: agents.Agent = {
  provider: "gemini",
  env: ({ port }) => ({
    GEMINI_API_KEY: "dummy",
    GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`,
  }),
  answerFirstRun,
};

export function answerFirstRun({ home }: agents.Stage): void {
  const settings = {
    security: { auth: { selectedType: "gemini-api-key" } },
    privacy: { usageStatisticsEnabled: false },
  };
  mkdirSync(join(home, ".gemini"), { recursive: true });
  writeFileSync(join(home, ".gemini/settings.json"), JSON.stringify(settings));
}
