import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import * as agents from "./agent-world.ts";

/** Below the system's temporary folder it makes no helper for its sandbox, and nothing runs in that. */
const HOMES = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "agent-conductor");

export const codex: agents.Agent = {
  provider: "codex",
  env: () => {
    mkdirSync(HOMES, { recursive: true });
    const home = mkdtempSync(join(HOMES, "codex-home-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
    return { CODEX_HOME: home, SCRIPTED_KEY: "dummy" };
  },
  answerFirstRun: (world) => answerFirstRun(world, world.env["CODEX_HOME"] ?? ""),
};

export function answerFirstRun({ work, port }: agents.Stage, codexHome: string): void {
  const config = `model = "scripted"
model_provider = "scripted"
check_for_update_on_startup = false
# Without a network its end would wait five seconds for it.
analytics.enabled = false
[model_providers.scripted]
name = "scripted"
base_url = "http://127.0.0.1:${port}/v1"
wire_api = "responses"
env_key = "SCRIPTED_KEY"
request_max_retries = 0
stream_max_retries = 0
[projects."${work}"]
trust_level = "trusted"
`;
  writeFileSync(join(codexHome, "config.toml"), config);
}

/** The same with its settings where a person's are, which is where a sandbox shows them. */
export async function emptyCodexWorld(setting: agents.Setting): Promise<agents.AgentWorld> {
  const env = () => ({ SCRIPTED_KEY: "dummy" });
  const world = await agents.emptyWorld({ ...codex, env }, setting);
  mkdirSync(join(world.home, ".codex"));
  answerFirstRun(world, join(world.home, ".codex"));
  return world;
}

export function codexWorld(setting: agents.Setting): Promise<agents.AgentWorld> {
  return agents.agentWorld(codex, setting);
}

export function launch(world: agents.AgentWorld, ...more: readonly string[]): Promise<void> {
  return agents.launch(codex, world, ...more);
}
