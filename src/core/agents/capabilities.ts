import type { AgentRecord, Capability } from "../../contract/agents.ts";
import type { Profile } from "../profiles/index.ts";
import type { ProviderDefinition } from "../providers/index.ts";

/** What we can do with such a CLI, by its provider's file. */
const BY_FILE = {
  hooks: ({ hooks }: ProviderDefinition) => hooks !== undefined,
  mcp: ({ mcp }: ProviderDefinition) => mcp !== undefined,
  resume: ({ resume }: ProviderDefinition) => resume !== undefined,
  transcript: ({ transcript }: ProviderDefinition) => transcript !== undefined,
} as const;

/** What is found in the text of its `--help`. */
export function probedIn(help: string, { probe }: ProviderDefinition): string[] {
  const patterns = Object.entries(probe?.finds ?? {});
  return patterns.flatMap(([name, pattern]) => (pattern.test(help) ? [name] : []));
}

/** Each once, by whoever says it first. */
export function capabilitiesOf(
  agent: Pick<AgentRecord, "capabilities">,
  from: {
    readonly profile: Profile | undefined;
    readonly provider: ProviderDefinition | undefined;
    readonly probed: readonly string[];
  },
): Capability[] {
  const { provider, profile, probed } = from;
  const byFile = Object.entries(BY_FILE).flatMap(([name, has]) =>
    provider !== undefined && has(provider) ? [name] : [],
  );
  const all = [
    ...agent.capabilities.map((name) => ({ name, from: "agent" as const })),
    ...(profile?.capabilities ?? []).map((name) => ({ name, from: "profile" as const })),
    ...byFile.map((name) => ({ name, from: "provider" as const })),
    ...probed.map((name) => ({ name, from: "probe" as const })),
  ];
  return [...Map.groupBy(all, ({ name }) => name).values()].flatMap(([first]) => first ?? []);
}

export function labelsOf(
  agent: Pick<AgentRecord, "labels">,
  profile: Pick<Profile, "labels"> | undefined,
): string[] {
  return [...new Set([...agent.labels, ...(profile?.labels ?? [])])];
}
