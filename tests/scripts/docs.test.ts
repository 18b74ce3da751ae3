import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorPage } from "../../scripts/error-page.ts";
import { ERROR_CODES } from "../../src/base/errors.ts";

test("docs/errors.md is what scripts/docs.ts would write now", () => {
  expect(readFileSync("docs/errors.md", "utf8")).toBe(errorPage());
});

test("the page tells of every code when it comes and what to do", () => {
  const rows = errorPage()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows).toHaveLength(Object.keys(ERROR_CODES).length);
  for (const row of rows) expect(row.split(" | ").every((cell) => cell.length > 0)).toBe(true);
});
