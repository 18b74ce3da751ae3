import { expect, test } from "vitest";
import { nextAgentState } from "../../../src/core/agents/index.ts";

test.each([
  ["enabled", "enable", "enabled"],
  ["enabled", "drain", "draining"],
  ["enabled", "disable", "disabled"],
  ["draining", "enable", "enabled"],
  ["draining", "drain", "draining"],
  ["draining", "disable", "disabled"],
  ["disabled", "enable", "enabled"],
  ["disabled", "drain", "disabled"],
  ["disabled", "disable", "disabled"],
] as const)("%s, told to %s, is %s", (state, signal, next) => {
  expect(nextAgentState(state, signal)).toBe(next);
});
