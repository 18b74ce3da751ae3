import type { AgentRecord, Capability } from "../../contract/agents.ts";
import type { ConnectorKind } from "../../contract/terminals.ts";
import type { Profile } from "../profiles/index.ts";
import type { ConnectorProbe } from "./connector.ts";

/** What was found of each way to drive a CLI. */
export type Probes = Readonly<Partial<Record<ConnectorKind, ConnectorProbe>>>;

/** Words for what a probe finds in the way that an agent is driven. */
const FOUND = {
  resume: "resumes",
  stream: "streams",
  ask: "asks",
  usage: "usage",
  mcp: "tools",
} as const;

/** Each once, by whoever says it first. */
export function capabilitiesOf(
  agent: Pick<AgentRecord, "capabilities" | "connector">,
  profile: Pick<Profile, "capabilities"> | undefined,
  probes: Probes,
): Capability[] {
  const all = [
    ...agent.capabilities.map((name) => ({ name, from: "agent" as const })),
    ...(profile?.capabilities ?? []).map((name) => ({ name, from: "profile" as const })),
    ...probed(agent.connector, probes).map((name) => ({ name, from: "probe" as const })),
  ];
  return [...Map.groupBy(all, ({ name }) => name).values()].flatMap(([first]) => first ?? []);
}

function probed(connector: ConnectorKind, probes: Probes): string[] {
  const ways = Object.entries(probes).flatMap(([kind, { unavailable }]) =>
    unavailable === null ? [kind] : [],
  );
  const own = probes[connector];
  if (own === undefined) return ways;
  return [...ways, ...Object.entries(FOUND).flatMap(([name, key]) => (own[key] ? [name] : []))];
}

export function labelsOf(
  agent: Pick<AgentRecord, "labels">,
  profile: Pick<Profile, "labels"> | undefined,
): string[] {
  return [...new Set([...agent.labels, ...(profile?.labels ?? [])])];
}
