/** Whether an agent can be given tasks, from facts about its CLI, its profile and how it did lately. */
import type { Instant } from "../../base/clock.ts";
import type { AgentHealth, Finding } from "../../contract/agents.ts";
import type { AgentWork } from "./store.ts";

export interface HealthFacts {
  readonly provider: {
    readonly name: string;
    readonly command: string;
    readonly install: string | undefined;
    /** Those that its rules were held against. */
    readonly versions: readonly string[];
  };
  /** Where its CLI is; undefined where it is not found. */
  readonly binary: string | undefined;
  /** What it says of itself: undefined where nobody can ask, null where it did not answer. */
  readonly version: string | null | undefined;
  /** Why its profile cannot be had. */
  readonly profileError: string | null;
  readonly work: Pick<AgentWork, "failuresInARow" | "lastFailureAt">;
}

/** After so many failures without a success it rests, so that it does not eat up the queue. */
const MOST_FAILURES = 5;
export const REST_MS = 10 * 60_000;

export function judgeHealth(facts: HealthFacts, now: Instant): AgentHealth {
  const findings = [
    cliFinding(facts),
    versionFinding(facts),
    profileFinding(facts),
    failuresFinding(facts, now),
  ].filter((each) => each !== undefined);
  const worst = (["wrong", "note"] as const).find((state) =>
    findings.some((each) => each.state === state),
  );
  return { state: worst ?? "ok", findings, checkedAt: now };
}

/** In words; null where it can work. */
export function illnessOf({ findings }: AgentHealth): string | null {
  const wrong = findings.filter(({ state }) => state === "wrong");
  return wrong.length === 0 ? null : wrong.map(({ told }) => told).join("; ");
}

function cliFinding({ provider, binary, version }: HealthFacts): Finding {
  const what = "cli";
  const { command, install = null } = provider;
  if (binary === undefined)
    return { state: "wrong", what, told: `${command} is not on the PATH`, fix: install };
  if (version === null)
    return { state: "wrong", what, told: `${binary} does not run`, fix: install };
  return { state: "ok", what, told: binary, fix: null };
}

function versionFinding({ provider, version }: HealthFacts): Finding | undefined {
  const oldest = provider.versions.toSorted(byVersion)[0];
  if (typeof version !== "string" || oldest === undefined) return undefined;
  const what = "version";
  if (byVersion(version, oldest) >= 0) return { state: "ok", what, told: version, fix: null };
  const told = `${version} is older than ${oldest}, the oldest that was tested`;
  return { state: "note", what, told, fix: provider.install ?? null };
}

function profileFinding({ profileError }: HealthFacts): Finding | undefined {
  if (profileError === null) return undefined;
  return { state: "wrong", what: "profile", told: profileError, fix: "conductor profile list" };
}

function failuresFinding({ work }: HealthFacts, now: Instant): Finding | undefined {
  const { failuresInARow, lastFailureAt } = work;
  if (failuresInARow === 0 || lastFailureAt === null) return undefined;
  const what = "failures";
  const restsMs = lastFailureAt + REST_MS - now;
  if (failuresInARow < MOST_FAILURES || restsMs <= 0)
    return { state: "note", what, told: `failed ${failuresInARow} times in a row`, fix: null };
  const told = `failed ${failuresInARow} times in a row, rests ${Math.ceil(restsMs / 60_000)} min more`;
  return { state: "wrong", what, told, fix: "conductor events" };
}

/** Numbers between dots; what is no number counts as 0. */
function byVersion(one: string, other: string): number {
  const [left, right] = [one, other].map((text) =>
    text.split(".").map((part) => Number.parseInt(part, 10) || 0),
  );
  const length = Math.max(left?.length ?? 0, right?.length ?? 0);
  for (let at = 0; at < length; at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
