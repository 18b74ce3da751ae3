/** An agent as an A2A 1.x agent card: what others who speak that protocol can read of it. */
import type { AgentCard, AgentRecord, Capability } from "../../contract/agents.ts";
import { CARD_EXTENSION } from "../../contract/agents.ts";

export function cardOf(
  agent: AgentRecord,
  has: { readonly labels: readonly string[]; readonly capabilities: readonly Capability[] },
  served: { readonly url: string; readonly version: string },
): AgentCard {
  const { id, name, description, provider, profile, connector, maxConcurrency, state } = agent;
  const tags = [...has.labels];
  return {
    name,
    description: description === "" ? `${profile ?? provider} by ${provider}` : description,
    version: served.version,
    // Not A2A's own calls, which this daemon does not serve: a binding of ours, so named by a URI.
    supportedInterfaces: [
      { url: served.url, protocolBinding: "urn:agent-conductor:rest", protocolVersion: "1.0" },
    ],
    capabilities: {
      streaming: false,
      pushNotifications: false,
      extensions: [
        {
          uri: CARD_EXTENSION,
          required: false,
          params: { id, provider, profile, connector, maxConcurrency, state },
        },
      ],
    },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: has.capabilities.map(({ name: skill, from }) => ({
      id: skill,
      name: skill,
      description: `${skill}, by ${FROM[from]}`,
      tags,
    })),
  };
}

const FROM: Readonly<Record<Capability["from"], string>> = {
  agent: "its registration",
  profile: "its profile",
  probe: "a look at its CLI",
};
