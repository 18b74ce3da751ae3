import type { NewDecision } from "../../src/core/policy/index.ts";

/** A refusal of `git push`, or what is asked for instead. */
export function newDecision(change: Partial<NewDecision> = {}): NewDecision {
  return {
    terminalId: "t_1",
    source: "bash",
    command: "git push",
    commandHash: "0".repeat(64),
    cwd: "/work",
    effect: "deny",
    rules: [{ layer: "global", id: "others", effect: "deny", overridden: false }],
    flags: [],
    defaultUsed: false,
    reason: "",
    policies: {},
    latencyMs: 1,
    ...change,
  };
}
