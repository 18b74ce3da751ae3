import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as agents from "./agent-world.ts";

export type ClaudeWorld = agents.AgentWorld;

export const claude: agents.Agent = {
  provider: "claude-code",
  env: ({ port }) => ({
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
    ANTHROPIC_AUTH_TOKEN: "dummy",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "1",
  }),
  answerFirstRun,
};

export function claudeWorld(setting: agents.Setting): Promise<ClaudeWorld> {
  return agents.agentWorld(claude, setting);
}

export function emptyWorld(setting: agents.Setting): Promise<ClaudeWorld> {
  return agents.emptyWorld(claude, setting);
}

export function launch(world: ClaudeWorld): Promise<void> {
  return agents.launch(claude, world);
}

export function answerFirstRun({ home, work }: agents.Stage): void {
  const projects = { [work]: { hasTrustDialogAccepted: true } };
  const config = { hasCompletedOnboarding: true, projects };
  writeFileSync(join(home, ".claude.json"), JSON.stringify(config));
  mkdirSync(join(home, ".claude"), { recursive: true });
  writeFileSync(join(home, ".claude/settings.json"), JSON.stringify({ theme: "dark" }));
}
