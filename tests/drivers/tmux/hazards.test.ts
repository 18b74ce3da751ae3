import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const FOLDER = import.meta.dirname;
const DRIVERS = join(FOLDER, "../../../src/drivers");

function sourcesIn(folder: string, ending: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}

test("every hazard names a test that exists, or says why it is not run", () => {
  const tests = sourcesIn(FOLDER, ".test.ts");
  const rows = readFileSync(join(FOLDER, "HAZARDS.md"), "utf8")
    .split("\n")
    .filter((line) => /^\| (?!hazard |-)/.test(line));
  expect(rows.length).toBeGreaterThan(40);
  const wrong = rows.filter((row) => {
    const cell = row.split(" | ").at(-1) ?? "";
    const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    const isNamed = names.length > 0 || /[*_]not run[*_]/.test(cell);
    return !isNamed || !names.every((name) => tests.includes(`"${name}"`));
  });
  expect(wrong).toEqual([]);
});

test("no command that endangers the server is written anywhere", () => {
  const sources = sourcesIn(join(DRIVERS, "tmux"), ".ts") + sourcesIn(join(DRIVERS, "pty"), ".ts");
  const code = sources.replaceAll(/^\s*(\/\/|\*|\/\*\*).*$/gm, "");
  expect(code).toContain("refresh-client");
  expect(code).not.toMatch(
    /:off\b|kill-server|respawn-pane|respawn-window|move-window|-g window-size|destroy-unattached/,
  );
  expect(code).not.toMatch(/send-keys[^\n]*-H/);
});
