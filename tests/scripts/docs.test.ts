import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { errorPage } from "../../scripts/error-page.ts";
import { ERROR_CODES } from "../../src/base/errors.ts";
import { COMMANDS } from "../../src/clients/cli/commands.ts";
import { configSchema } from "../../src/contract/config.ts";

const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "AGENTS.md",
  "CHANGELOG.md",
  ...globSync("docs/*.md"),
];

function read(file: string): string {
  return readFileSync(file, "utf8");
}

test("docs/errors.md is what scripts/docs.ts would write now", () => {
  expect(read("docs/errors.md")).toBe(errorPage());
});

test("the page tells of every code when it comes and what to do", () => {
  const rows = errorPage()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows).toHaveLength(Object.keys(ERROR_CODES).length);
  for (const row of rows) expect(row.split(" | ").every((cell) => cell.length > 0)).toBe(true);
});

test.for(pages)("%s links to files that are there", (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map((match) => match[1] ?? "");
  const missing = targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => !existsSync(join(dirname(page), target)));
  expect(missing).toEqual([]);
});

test.for(pages)("%s names commands that exist", (page) => {
  const called = [...read(page).matchAll(/(?:^|`|bin\/)conductor ([a-z][a-z-]+)/gm)];
  const unknown = called.map((match) => match[1] ?? "").filter((name) => !(name in COMMANDS));
  expect(unknown).toEqual([]);
});

test("the code map of ARCHITECTURE.md names every folder of the sources", () => {
  const map = read("ARCHITECTURE.md");
  const folders = globSync("src/**/", { exclude: ["src/core/guard/*/"] })
    .map((folder) => folder.replace(/\/$/, ""))
    .filter((folder) => folder !== "src");
  const named = (folder: string): boolean => {
    const name = folder.split("/").at(-1) ?? "";
    return folder.split("/").length === 2 ? map.includes(`\n${folder}/`) : map.includes(`${name}/`);
  };
  expect(folders).toContain("src/drivers/tmux");
  expect(folders.filter((folder) => !named(folder))).toEqual([]);
});

test("docs/operations.md shows every setting with its default", () => {
  const blocks = [...read("docs/operations.md").matchAll(/```yaml\n([\s\S]*?)```/g)];
  expect(parse(blocks[0]?.[1] ?? "")).toEqual(configSchema.parse({}));
});

test("AGENTS.md stays within a minute's reading", () => {
  expect(read("AGENTS.md").split("\n").length).toBeLessThanOrEqual(60);
});
