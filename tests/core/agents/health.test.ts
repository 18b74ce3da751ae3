import { expect, test } from "vitest";
import { type HealthFacts, illnessOf, judgeHealth } from "../../../src/core/agents/index.ts";

const NOW = 1_800_000_000_000;
const MINUTE_MS = 60_000;

const well: HealthFacts = {
  missing: [],
  provider: { install: "npm install -g claude", versions: ["2.1.329", "2.1.197"] },
  probe: { unavailable: null, version: "2.1.300" },
  work: undefined,
};
const version = (text: string | null) => ({ probe: { unavailable: null, version: text } });

const judged = (change: Partial<HealthFacts>) => judgeHealth({ ...well, ...change }, NOW);

test("an agent whose CLI runs in a tested version is well", () => {
  expect(judged({})).toEqual({
    state: "ok",
    findings: [
      { state: "ok", what: "cli", told: "found, and it runs", fix: null },
      { state: "ok", what: "version", told: "2.1.300", fix: null },
    ],
    checkedAt: NOW,
  });
  expect(illnessOf(judged({}))).toBeNull();
});

test("a newer version than any that was tested is well too", () => {
  expect(judged(version("10.0.0")).state).toBe("ok");
});

test("an older version than any that was tested is noted, and gets tasks", () => {
  const health = judged(version("2.1.96"));
  expect(health.state).toBe("note");
  expect(health.findings[1]?.told).toBe("2.1.96 is older than 2.1.197, the oldest that was tested");
  expect(illnessOf(health)).toBeNull();
});

test.each([
  ["2.1", "note"],
  ["2.1.197.1", "ok"],
  ["2.1.x", "note"],
] as const)("a version of another length is compared part by part: %s", (text, state) => {
  expect(
    judged({ ...version(text), provider: { install: undefined, versions: ["2.1.197"] } }),
  ).toMatchObject({ state });
});

test("without a version nothing is said of it", () => {
  const { findings } = judged(version(null));
  expect(findings.map(({ what }) => what)).toEqual(["cli"]);
});

test.each([
  [
    "a CLI that is not there",
    { probe: { unavailable: "claude is not on the PATH", version: null } },
    "claude is not on the PATH",
  ],
  ["a way that nothing drives", { probe: undefined }, "nothing drives agents in that way"],
  [
    "a profile that is gone",
    { missing: [{ what: "profile", told: "no profile is called dev" }] },
    "no profile is called dev",
  ],
  [
    "a provider that is gone",
    { missing: [{ what: "provider", told: "no provider is called x" }], provider: undefined },
    "no provider is called x",
  ],
] as const)("%s makes it ill", (_what, change, told) => {
  const health = judged(change);
  expect([health.state, illnessOf(health)]).toEqual(["wrong", told]);
});

test("failures are noted, and five in a row let it rest for ten minutes", () => {
  const failed = (failuresInARow: number, minutesAgo: number) =>
    judged({ work: { failuresInARow, lastFailureAt: NOW - minutesAgo * MINUTE_MS } });
  expect(failed(4, 1).state).toBe("note");
  expect(illnessOf(failed(5, 1))).toBe("failed 5 times in a row; it rests for 9 more min");
  expect(failed(5, 10).state).toBe("note");
});
