/** Whether an agent can be given tasks, from facts about its CLI, its profile and how it did lately. */
import type { Instant } from "../../base/clock.ts";
import type { AgentHealth, Finding } from "../../contract/agents.ts";
import type { ProviderDefinition } from "../providers/index.ts";
import type { ConnectorProbe } from "./connector.ts";
import type { AgentWork } from "./store.ts";

export interface HealthFacts {
  /** What is wrong with files that it needs, in words. */
  readonly missing: readonly { readonly what: "provider" | "profile"; readonly told: string }[];
  readonly provider: Pick<ProviderDefinition, "install" | "versions"> | undefined;
  /** Of the way that it is driven; undefined where there is no such way. */
  readonly probe: Pick<ConnectorProbe, "unavailable" | "version"> | undefined;
  readonly work: Pick<AgentWork, "failuresInARow" | "lastFailureAt"> | undefined;
}

/** After so many failures without a success it rests, so that it does not eat up the queue. */
const MOST_FAILURES = 5;
const REST_MS = 10 * 60_000;

export function judgeHealth(facts: HealthFacts, now: Instant): AgentHealth {
  const findings = [
    ...facts.missing.map(missingFinding),
    cliFinding(facts),
    versionFinding(facts),
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

function missingFinding({ what, told }: HealthFacts["missing"][number]): Finding {
  return { state: "wrong", what, told, fix: `conductor ${what} list` };
}

function cliFinding({ provider, probe }: HealthFacts): Finding | undefined {
  if (provider === undefined) return undefined;
  const what = "cli";
  const fix = provider.install ?? null;
  if (probe === undefined)
    return { state: "wrong", what, told: "nothing drives agents in that way", fix: null };
  return probe.unavailable === null
    ? { state: "ok", what, told: "found, and it runs", fix: null }
    : { state: "wrong", what, told: probe.unavailable, fix };
}

function versionFinding({ provider, probe }: HealthFacts): Finding | undefined {
  const oldest = provider?.versions.toSorted(byVersion)[0];
  const version = probe?.version ?? null;
  if (version === null || oldest === undefined) return undefined;
  const what = "version";
  if (byVersion(version, oldest) >= 0) return { state: "ok", what, told: version, fix: null };
  const told = `${version} is older than ${oldest}, the oldest that was tested`;
  return { state: "note", what, told, fix: provider?.install ?? null };
}

function failuresFinding({ work }: HealthFacts, now: Instant): Finding | undefined {
  const { failuresInARow = 0, lastFailureAt = null } = work ?? {};
  if (failuresInARow === 0 || lastFailureAt === null) return undefined;
  const what = "failures";
  const told = `failed ${failuresInARow} ${failuresInARow === 1 ? "time" : "times in a row"}`;
  const restsMs = lastFailureAt + REST_MS - now;
  if (failuresInARow < MOST_FAILURES || restsMs <= 0)
    return { state: "note", what, told, fix: null };
  const rests = `${told}; it rests for ${Math.ceil(restsMs / 60_000)} more min`;
  return { state: "wrong", what, told: rests, fix: null };
}

/** By the numbers between the dots; what is no number counts as 0. */
function byVersion(one: string, other: string): number {
  const numbers = (text: string): number[] =>
    text.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [numbers(one), numbers(other)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
