import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as agents from "./agent-world.ts";

export const opencode: agents.Agent = {
  provider: "opencode",
  env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_LSP_DOWNLOAD: "1" }),
  answerFirstRun,
};

export function answerFirstRun({ home, port }: agents.Stage): void {
  const folder = join(home, ".config/opencode");
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  const options = { baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "dummy" };
  const models = { scripted: { name: "scripted", limit: { context: 200_000, output: 8_000 } } };
  const npm = "@ai-sdk/openai-compatible";
  const config = {
    model: "local/scripted",
    small_model: "local/scripted",
    provider: { local: { npm, name: "local", options, models } },
  };
  writeFileSync(join(folder, "opencode.json"), JSON.stringify(config));
  // Else it asks the registry for this package, and waits for more than a minute where there is none.
  const dependencies = { "@opencode-ai/plugin": "1.18.33" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies }));
  const packages = { "": { dependencies } };
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages }));
}
