import { expect, test } from "vitest";
import { type HealthFacts, illnessOf, judgeHealth } from "../../../src/core/agents/index.ts";

const NOW = 1_800_000_000_000;
const MINUTE_MS = 60_000;

const well: HealthFacts = {
  provider: {
    name: "claude-code",
    command: "claude",
    install: "npm install -g claude",
    versions: ["2.1.329", "2.1.197"],
  },
  binary: "/usr/bin/claude",
  version: "2.1.300",
  profileError: null,
  work: { failuresInARow: 0, lastFailureAt: null },
};

const judged = (change: Partial<HealthFacts>) => judgeHealth({ ...well, ...change }, NOW);

test("an agent whose CLI runs in a tested version is well", () => {
  expect(judged({})).toEqual({
    state: "ok",
    findings: [
      { state: "ok", what: "cli", told: "/usr/bin/claude", fix: null },
      { state: "ok", what: "version", told: "2.1.300", fix: null },
    ],
    checkedAt: NOW,
  });
  expect(illnessOf(judged({}))).toBeNull();
});

test("a newer version than any that was tested is well too", () => {
  expect(judged({ version: "10.0.0" }).state).toBe("ok");
});

test("an older version than any that was tested is noted, and gets tasks", () => {
  const health = judged({ version: "2.1.96" });
  expect(health.state).toBe("note");
  expect(health.findings[1]?.told).toBe("2.1.96 is older than 2.1.197, the oldest that was tested");
  expect(illnessOf(health)).toBeNull();
});

test("without a version nothing is said of it", () => {
  const { findings } = judged({ version: undefined });
  expect(findings.map(({ what }) => what)).toEqual(["cli"]);
});

test.each([
  ["a CLI that is not there", { binary: undefined }, "claude is not on the PATH"],
  ["a CLI that does not run", { version: null }, "/usr/bin/claude does not run"],
  [
    "a profile that is gone",
    { profileError: "no profile is called dev" },
    "no profile is called dev",
  ],
] as const)("%s makes it ill", (_what, change, told) => {
  const health = judged(change);
  expect([health.state, illnessOf(health)]).toEqual(["wrong", told]);
});

test("failures are noted, and five in a row let it rest for ten minutes", () => {
  const failed = (failuresInARow: number, minutesAgo: number) =>
    judged({ work: { failuresInARow, lastFailureAt: NOW - minutesAgo * MINUTE_MS } });
  expect(failed(4, 1).state).toBe("note");
  expect(illnessOf(failed(5, 1))).toBe("failed 5 times in a row, rests 9 min more");
  expect(failed(5, 10).state).toBe("note");
});
