/** How long each CLI lets one call of our tools take, by what its launch is given. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { configSchema } from "../../src/contract/config.ts";
import { type ProviderDefinition, parseProvider } from "../../src/core/providers/index.ts";
import { hookSettingsFiles } from "../../src/daemon/hooks/settings.ts";
import { mcpSettings } from "../../src/daemon/mcp/settings.ts";

const folder = resolve(import.meta.dirname, "../../providers");
const known = (name: string): ProviderDefinition => {
  const file = join(folder, `${name}.yaml`);
  return parseProvider(readFileSync(file, "utf8"), file);
};

/** All that a launch is told, in one text. */
function told(provider: ProviderDefinition): string {
  const root = mkdtempSync(join(tmpdir(), "conductor-limits-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const url = "http://127.0.0.1:1";
  const files = hookSettingsFiles({
    folder: root,
    script: "/x/hook",
    url: () => url,
    waitSeconds: 1,
    markOf: (id) => id,
  });
  const hooks = files.write(provider, { id: "t_1", gate: "guard", env: {}, home: root });
  const tools = mcpSettings(provider, { folder: join(root, "t_1"), url });
  const written = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), "utf8"));
  return [...written, JSON.stringify([hooks, tools]).replaceAll("\\", "")].join("\n");
}

test.each([
  ["claude-code", /"MCP_TOOL_TIMEOUT":"(\d+)000"/],
  ["codex", /tool_timeout_sec=(\d+)/],
  ["gemini", /\/mcp"[^]{0,200}?"timeout": (\d+)000/],
  ["opencode", /\/mcp"[^]{0,200}?"timeout":(\d+)000/],
] as const)("%s is told of a limit beyond the one that conductor keeps", (name, setting) => {
  const provider = known(name);
  const seconds = Number(setting.exec(told(provider))?.[1]);
  const { callSeconds = 0 } = provider.mcp ?? {};
  expect(seconds).toBeGreaterThanOrEqual(callSeconds + 30);
  // What takes the usual time is answered by the call.
  const { timeoutMinutes } = configSchema.parse({}).handoffs;
  expect(callSeconds).toBeGreaterThanOrEqual(timeoutMinutes * 60);
});
