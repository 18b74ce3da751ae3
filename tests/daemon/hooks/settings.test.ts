import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseProvider } from "../../../src/core/providers/parse.ts";
import { hookSettingsFiles } from "../../../src/daemon/hooks/settings.ts";

function provider(name: string) {
  const file = resolve(import.meta.dirname, `../../../providers/${name}.yaml`);
  return parseProvider(readFileSync(file, "utf8"), file);
}
const gemini = provider("gemini");
const qwen = provider("qwen");

function bench() {
  const root = mkdtempSync(join(tmpdir(), "conductor-settings-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, "home");
  mkdirSync(join(home, ".gemini"), { recursive: true });
  const files = hookSettingsFiles({
    folder: join(root, "terminals"),
    script: "/x/hook",
    url: () => "http://127.0.0.1:1",
    waitSeconds: 1,
    markOf: (id) => id,
  });
  return { home, files, folder: join(root, "terminals/t_1") };
}

test("a home made for one terminal: a person's settings with ours, links to all else, theirs unchanged", () => {
  const { home, files, folder } = bench();
  const own = '{ // mine\n "ui": { "theme": "a // b" } }';
  writeFileSync(join(home, ".gemini/settings.json"), own);
  writeFileSync(join(home, ".gemini/GEMINI.md"), "rules");
  const how = { id: "t_1", gate: "guard", home, env: {} } as const;
  expect(files.write(gemini, how).env).toEqual({ GEMINI_CLI_HOME: folder });
  // A launch asks for its arguments and its variables one after the other.
  files.write(gemini, how);
  const text = readFileSync(join(folder, ".gemini/settings.json"), "utf8");
  expect(JSON.parse(text)).toMatchObject({
    ui: { theme: "a // b" },
    hooksConfig: { enabled: true },
  });
  for (const name of ["GEMINI.md", "tmp", "oauth_creds.json"])
    expect(readlinkSync(join(folder, ".gemini", name))).toBe(join(home, ".gemini", name));
  expect(readFileSync(join(home, ".gemini/settings.json"), "utf8")).toBe(own);
});

test("settings that stand in for the system's hold those too, wherever they are, and what stands beside them is found", () => {
  const { home, files, folder } = bench();
  const system = join(home, "managed");
  mkdirSync(system);
  writeFileSync(join(system, "settings.json"), '{ "ui": { "theme": "theirs" } }');
  const env = { QWEN_CODE_SYSTEM_SETTINGS_PATH: join(system, "settings.json") };
  expect(files.write(qwen, { id: "t_1", gate: "guard", home, env }).env).toEqual({
    QWEN_CODE_SYSTEM_SETTINGS_PATH: join(folder, "settings.json"),
    QWEN_CODE_SYSTEM_DEFAULTS_PATH: join(system, "system-defaults.json"),
  });
  const text = readFileSync(join(folder, "settings.json"), "utf8");
  expect(JSON.parse(text)).toMatchObject({ ui: { theme: "theirs" }, disableAllHooks: false });
});
