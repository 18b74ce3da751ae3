/** The ways to drive an agent. Each is a terminal of its own kind: opening one is a launch of that kind. */
import { ConductorError, describeError } from "../base/errors.ts";
import type { ConnectorKind } from "../contract/terminals.ts";
import type { AgentSession, Connector, ConnectorProbe, OpenSession } from "../core/agents/index.ts";
import type { ProviderDefinition } from "../core/providers/index.ts";
import type { PanelessDriver } from "../core/terminals/index.ts";
import { type CliVersion, readCliVersion } from "../drivers/process/cli-version.ts";
import type { Catalog } from "./catalog.ts";
import { type SessionPorts, terminalSession } from "./connector-session.ts";
import { drivenBy, findBinary, type Wanted } from "./launch-plan.ts";
import type { Launcher } from "./launcher.ts";

export interface ConnectorPorts extends SessionPorts {
  readonly catalog: Pick<Catalog, "running" | "profiles" | "provider">;
  readonly launcher: Pick<Launcher, "launchWorker" | "reopen">;
  readonly paneless: Pick<PanelessDriver, "open">;
}

export type Connectors = Readonly<Record<ConnectorKind, Connector>>;

export function createConnectors(ports: ConnectorPorts): Connectors {
  const ask = onceAtATime(readCliVersion);
  return {
    tmux: create(ports, "tmux", ask),
    headless: create(ports, "headless", ask),
    acp: create(ports, "acp", ask),
  };
}

type Ask = typeof readCliVersion;

/** Who looks at all ways to drive a CLI asks it once. */
function onceAtATime(read: Ask): Ask {
  const asking = new Map<string, ReturnType<Ask>>();
  return (binary, how, env) => {
    const answer =
      asking.get(binary) ?? read(binary, how, env).finally(() => asking.delete(binary));
    asking.set(binary, answer);
    return answer;
  };
}

function create(ports: ConnectorPorts, kind: ConnectorKind, ask: Ask): Connector {
  const session = (id: string): AgentSession => terminalSession(ports, id);
  return {
    kind,
    probe: (provider, env) => probe(ports.catalog.provider(provider), kind, { env, ask }),
    open: async (asked) => {
      await open(ports, kind, asked);
      return session(asked.id);
    },
    adopt: (id) => (ports.terminals().byId(id)?.isLive === true ? session(id) : undefined),
  };
}

async function open(
  ports: ConnectorPorts,
  connector: ConnectorKind,
  { id, ...asked }: OpenSession,
): Promise<void> {
  const known = ports.terminals().byId(id);
  if (known?.isLive === true) {
    // Its processes to come belong to who opens it now.
    if (known.isPaneless) ports.paneless.open(known, asked.env);
    return;
  }
  if (known === undefined) await ports.launcher.launchWorker({ ...launchOf(asked), connector }, id);
  else await ports.launcher.reopen(known, asked.env);
}

function launchOf({ labels, args, env, ...asked }: Omit<OpenSession, "id">): Wanted {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    cwd: asked.cwd,
    env: { ...env },
    ...(labels === undefined ? {} : { labels: [...labels] }),
    ...(args === undefined ? {} : { args: [...args] }),
  };
}

async function probe(
  provider: ProviderDefinition,
  kind: ConnectorKind,
  { env, ask }: { readonly env: Readonly<Record<string, string>>; readonly ask: Ask },
): Promise<ConnectorProbe> {
  if (kind !== "tmux" && provider[kind] === undefined)
    return { ...NOTHING, unavailable: `${provider.displayName} has no such mode` };
  const { resume, transcript, hooks, mcp } = drivenBy(provider, kind);
  return {
    ...(await versionOf(provider, { ...env, ...provider.env }, ask)),
    resumes: kind === "acp" || resume?.some((arg) => arg.includes("{session}")) === true,
    streams: kind !== "tmux" || transcript !== undefined || hooks !== undefined,
    asks: kind === "acp" || hooks !== undefined,
    usage: kind === "headless" || (kind === "tmux" && transcript !== undefined),
    tools: mcp !== undefined,
  };
}

const NOTHING: Omit<ConnectorProbe, "unavailable"> = {
  version: null,
  resumes: false,
  streams: false,
  asks: false,
  usage: false,
  tools: false,
};

async function versionOf(
  provider: ProviderDefinition,
  env: Readonly<Record<string, string>>,
  ask: Ask,
): Promise<CliVersion> {
  try {
    const binary = findBinary(provider, env["PATH"]);
    const { version } = provider;
    if (version === undefined) return { version: null, unavailable: null };
    return await ask(binary, version, env);
  } catch (error) {
    const hint = error instanceof ConductorError ? error.hint : undefined;
    const why = `${describeError(error)}${hint === undefined ? "" : ` (${hint})`}`;
    return { version: null, unavailable: why.slice(0, 500) };
  }
}
