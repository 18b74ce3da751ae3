import { expect, test } from "vitest";
import { didYouMean, nearest } from "../../src/base/nearest.ts";

const names = ["claude-code", "codex", "developer", "dev", "lead"];

test.each([
  ["codx", "codex"],
  ["claude-cod", "claude-code"],
  ["devloper", "developer"],
  ["laed", "lead"],
  ["clau", "claude-code"],
  ["de", "dev"],
  ["frontend", undefined],
  ["", undefined],
])("%s means %s", (word, meant) => {
  expect(nearest(word, names)).toBe(meant);
});

test("a hint asks only where something was nearly meant", () => {
  expect(didYouMean("codx", names)).toBe("did you mean codex? ");
  expect(didYouMean("frontend", names)).toBe("");
});
