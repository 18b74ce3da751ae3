/** What agents' CLIs are found to be able to do; looked at again when somebody asks and the last look is old. */
import type { Clock, Instant } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Probes } from "../core/agents/index.ts";
import type { Connectors } from "./connectors.ts";

const FRESH_MS = 60_000;

export interface AgentProbes {
  /** A look that is not older than a minute. */
  fresh(provider: string): Promise<Probes>;
  /** The last look, however old; a new one begins where it is not fresh. */
  known(provider: string): Promise<Probes>;
}

interface Look {
  readonly at: Instant;
  readonly found: Promise<Probes>;
}

export function createAgentProbes(ports: {
  readonly connectors: Connectors;
  readonly env: () => Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Logger;
}): AgentProbes {
  const looks = new Map<string, Look>();
  /** The last that ended. */
  const done = new Map<string, Probes>();
  const fresh = (provider: string): Promise<Probes> => {
    const last = looks.get(provider);
    if (last !== undefined && ports.clock.now() - last.at < FRESH_MS) return last.found;
    const found = probeAll(ports.connectors, provider, ports.env());
    looks.set(provider, { at: ports.clock.now(), found });
    found
      .then((probes) => done.set(provider, probes))
      .catch((error: unknown) => {
        looks.delete(provider);
        ports.log.warn(
          { provider, error: describeError(error) },
          "an agent's CLI was not looked at",
        );
      });
    return found;
  };
  return {
    fresh,
    known: async (provider) => {
      const looking = fresh(provider);
      return done.get(provider) ?? looking;
    },
  };
}

async function probeAll(
  connectors: Connectors,
  provider: string,
  env: Readonly<Record<string, string>>,
): Promise<Probes> {
  const found = await Promise.all(
    Object.values(connectors).map(
      async (connector) => [connector.kind, await connector.probe(provider, env)] as const,
    ),
  );
  return Object.fromEntries(found);
}
