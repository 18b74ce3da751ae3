/** What a launch would start: profile, provider, worktree, gate, arguments and environment. */
import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { agentEnvironment } from "../base/environment.ts";
import { ConductorError } from "../base/errors.ts";
import type { AgentRecord } from "../contract/agents.ts";
import { type GateLevel, type Network, strictestLevel } from "../contract/decisions.ts";
import type { ConnectorKind, LaunchRequest, RestartOutcome } from "../contract/terminals.ts";
import type { Profile } from "../core/profiles/index.ts";
import type { ProviderDefinition } from "../core/providers/index.ts";
import type { LaunchSpec, Terminals } from "../core/terminals/index.ts";
import { agentSession } from "./agent-sessions.ts";
import type { Catalog } from "./catalog.ts";
import type { Containment } from "./containment.ts";
import { type HookedTerminal, refuseOwnSettings, type TerminalSettings } from "./hooks/settings.ts";
import { freeName } from "./launched.ts";

export interface PlanPorts {
  readonly terminals: () => Terminals;
  readonly catalog: Catalog;
  readonly sessionName: string;
  /** The folder of our own launcher. */
  readonly ownBin: string;
  readonly gate: {
    readonly level: GateLevel;
    readonly network: Network;
    /** What the policies in force for an agent of that name in that folder ask for. */
    readonly policy: (where: { workspace: string; agent: string }) => GateLevel | undefined;
    readonly folder: string;
    /** A folder of stand-ins for the programs on that PATH that are held. */
    readonly shims: (path: string) => string;
    /** Resolves with what makes the words that shut an agent in. */
    readonly contain: Containment["prepare"];
  };
  /** Writes what this terminal alone is told, and gives what its launch needs for it. */
  readonly settings: (provider: ProviderDefinition, terminal: HookedTerminal) => TerminalSettings;
  /** Variables every agent gets: its id, our address, its token. */
  readonly agentVariables: (terminalId: string) => Readonly<Record<string, string>>;
  /** @throws {ConductorError} `not_found`, `name.ambiguous` */
  readonly agent: (ref: string) => Promise<AgentRecord>;
  /** Makes or finds the worktree of that name; resolves with its folder. */
  readonly worktree: (repository: string, name: string) => Promise<string>;
}

export type Asked = Omit<LaunchRequest, "resume" | "agent"> & {
  readonly resume?: string | undefined;
  /** The registered agent that it is of, by id. */
  readonly agentId?: string | undefined;
  /** What its name begins with, where it is given none. */
  readonly nameLike?: string | undefined;
};

/** Asked for by the name or id of a registered agent, maybe. */
export type Wanted = Asked & Pick<LaunchRequest, "agent">;

export interface Plan extends Pick<RestartOutcome, "resumed" | "fresh"> {
  readonly spec: LaunchSpec;
  readonly prompt: string | undefined;
}

/** Who it is to be, and by which CLI. */
export function chosen(
  { catalog }: Pick<PlanPorts, "catalog">,
  asked: Pick<Asked, "profile" | "provider" | "connector">,
): { readonly profile: Profile | undefined; readonly provider: ProviderDefinition } {
  const profile = asked.profile === undefined ? undefined : catalog.profile(asked.profile);
  const provider = catalog.provider(chooseProvider(asked, profile));
  return { profile, provider: drivenBy(provider, asked.connector) };
}

/**
 * The provider as it is started for that connector.
 * @throws {ConductorError} `usage.invalid` where it cannot be driven so
 */
export function drivenBy(
  provider: ProviderDefinition,
  connector: ConnectorKind = "tmux",
): ProviderDefinition {
  if (connector === "tmux") return provider;
  const mode = provider[connector];
  if (mode === undefined)
    throw new ConductorError(
      "usage.invalid",
      `${provider.displayName} cannot be driven by the connector ${connector}`,
      { hint: "leave the connector away: tmux drives every agent" },
    );
  if (connector === "acp") {
    // The protocol itself names the session.
    const { session: _session, ...rest } = provider;
    return { ...rest, args: mode.args, resume: [] };
  }
  const resume = provider.headless?.resume ?? provider.resume;
  return { ...provider, args: mode.args, ...(resume === undefined ? {} : { resume }) };
}

/** @throws {ConductorError} where the folder, the provider or its program is not there, or the gate is not to be had */
export async function plan(ports: PlanPorts, asked: Asked): Promise<Plan> {
  const { profile, provider } = chosen(ports, asked);
  if (!existsSync(asked.cwd) || !statSync(asked.cwd).isDirectory()) {
    throw new ConductorError("usage.invalid", `${asked.cwd} is no directory`, {
      hint: "give --cwd",
    });
  }
  const { connector = "tmux" } = asked;
  const session = asked.session ?? ports.sessionName;
  const like = asked.nameLike ?? asked.profile ?? provider.name;
  const name = asked.name ?? freeName(ports.terminals(), session, like);
  const inherited = { ...agentEnvironment(asked.env), ...provider.env };
  for (const unset of provider.unsetEnv) delete inherited[unset];
  inherited["PATH"] = withOwnBin(inherited["PATH"], ports.ownBin);
  refuseOwnSettings(provider, asked.args ?? []);
  const binary = findBinary(provider, inherited["PATH"]);
  const own = agentSession(provider, { resume: asked.resume, args: asked.args ?? [] }, inherited);
  const more = argumentsOf(provider, asked, profile);
  // A word behind which only a prompt may stand comes last.
  const words =
    connector === "headless"
      ? [...more, ...own.args, ...(provider.headless?.last ?? [])]
      : [...own.args, ...more];
  const cwd =
    asked.worktree === undefined ? asked.cwd : await ports.worktree(asked.cwd, asked.worktree);
  const policy = ports.gate.policy({ workspace: cwd, agent: name });
  const levels = [ports.gate.level, profile?.gate, policy, asked.gate];
  const gate = strictestLevel(levels) ?? ports.gate.level;
  const path = inherited["PATH"];
  const shims = ports.gate.shims(path);
  Object.assign(inherited, gateVariables(ports.gate.folder, { level: gate, shims, inherited }));
  const network = networkOf([ports.gate.network, profile?.network, asked.network], gate);
  const wrapper =
    gate === "contain"
      ? await ports.gate.contain({ provider, cwd, path, shims, network })
      : undefined;
  const home = inherited["HOME"] ?? homedir();
  const settings = (id: string) => ports.settings(provider, { id, gate, home, env: inherited });
  const spec: LaunchSpec = {
    session,
    name,
    provider: provider.name,
    profile: profile?.name ?? null,
    agentId: asked.agentId,
    cwd,
    argv: [binary, ...provider.args, ...words],
    env: asked.env,
    connector,
    labels: [...new Set([...(profile?.labels ?? []), ...(asked.labels ?? [])])],
    worktree: asked.worktree === undefined ? null : cwd,
    args: asked.args ?? [],
    envNames: Object.keys(inherited).toSorted(),
    gate,
    // Without a pane it begins with its first prompt, and says then what it is called.
    agentSession: connector === "tmux" ? own.agentSession : asked.resume,
    transcriptRoot: own.transcriptRoot,
    network,
    wrapper,
    own: (id) => {
      const { args, env } = settings(id);
      return {
        argv: [binary, ...provider.args, ...args, ...words],
        env: { ...inherited, ...env, ...ports.agentVariables(id) },
      };
    },
    readyMs: provider.ready.timeoutMs,
  };
  const prompt = firstPrompt(provider, profile, asked.prompt);
  return { spec, prompt, resumed: false, fresh: null };
}

/** What is asked for goes before what the agent's registration says. */
export async function ofAgent(
  ports: Pick<PlanPorts, "agent">,
  { agent: ref, ...asked }: Wanted,
): Promise<Asked> {
  if (ref === undefined) return asked;
  const { id: agentId, name: nameLike, provider, profile, labels } = await ports.agent(ref);
  const role = profile === null ? {} : { profile };
  const all = [...labels, ...(asked.labels ?? [])];
  return { ...role, provider, ...asked, labels: all, agentId, nameLike };
}

/** Agents find `conductor` even where it is not installed; what they have of their own comes first. */
export function withOwnBin(path: string | undefined, ownBin: string): string {
  return [path ?? "", ownBin].filter(Boolean).join(delimiter);
}

/** The shell reads these before it runs anything: see gates/. What the user had there is read first. */
export function gateVariables(
  folder: string,
  gate: {
    readonly level: GateLevel;
    readonly shims: string;
    readonly inherited: Readonly<Record<string, string>>;
  },
): Record<string, string> {
  const { level, shims, inherited } = gate;
  const before = { bash: inherited["BASH_ENV"], zsh: inherited["ZDOTDIR"] };
  return {
    CONDUCTOR_GATE: level,
    CONDUCTOR_SHIMS: shims,
    PATH: [shims, inherited["PATH"] ?? ""].join(delimiter),
    ZDOTDIR: join(folder, "zsh"),
    BASH_ENV: join(folder, "bash-env"),
    // A first-level bash whose input is a socket, as Node's pipes are, takes itself for one of rshd and
    // skips BASH_ENV (run_startup_files in bash's shell.c); one on a deeper level does not.
    SHLVL: String(Math.max(1, Math.trunc(Number(inherited["SHLVL"])) || 0)),
    ...(before.bash === undefined ? {} : { CONDUCTOR_GATE_BASH_ENV: before.bash }),
    ...(before.zsh === undefined ? {} : { CONDUCTOR_GATE_ZDOTDIR: before.zsh }),
  };
}

/** @throws {ConductorError} `usage.invalid` where nothing would take it away */
function networkOf(asked: readonly (Network | undefined)[], gate: GateLevel): Network | undefined {
  const isOff = asked.includes("off");
  if (gate === "contain") return isOff ? "off" : "on";
  if (!isOff) return undefined;
  throw new ConductorError(
    "usage.invalid",
    `network: off needs the gate level contain, not ${gate}`,
    {
      hint: "add --gate contain",
    },
  );
}

function chooseProvider(asked: Pick<Asked, "provider">, profile: Profile | undefined): string {
  const name = asked.provider ?? profile?.provider;
  if (name !== undefined) return name;
  const who = profile === undefined ? "" : ` (profile ${profile.name} names none)`;
  throw new ConductorError("usage.invalid", `no provider was given${who}`, {
    hint: "add --provider, for example --provider claude-code",
  });
}

function argumentsOf(
  provider: ProviderDefinition,
  asked: Asked,
  profile: Profile | undefined,
): string[] {
  const fill = (args: readonly string[] | undefined, place: string, value: string | undefined) =>
    args === undefined || value === undefined || value === ""
      ? []
      : args.map((arg) => arg.replaceAll(`{${place}}`, value));
  return [...fill(provider.systemPrompt, "prompt", profile?.prompt), ...(asked.args ?? [])];
}

/** A CLI without an option for its role is told it first, also when there is no work yet. */
export function firstPrompt(
  provider: Pick<ProviderDefinition, "systemPrompt">,
  profile: Pick<Profile, "prompt"> | undefined,
  prompt: string | undefined,
): string | undefined {
  const work = prompt?.trim() === "" ? undefined : prompt;
  const role = provider.systemPrompt === undefined ? (profile?.prompt ?? "") : "";
  return role === "" ? work : `${role}\n\n${work ?? "Wait for your first task."}`;
}

/** @throws {ConductorError} `provider.missing_binary`, saying how to install it */
export function findBinary(provider: ProviderDefinition, path: string | undefined): string {
  const { command } = provider;
  if (isAbsolute(command) && existsSync(command)) return command;
  for (const folder of (path ?? "").split(delimiter)) {
    const file = join(folder, command);
    if (folder !== "" && existsSync(file)) return file;
  }
  throw new ConductorError("provider.missing_binary", `${command} is not on the PATH`, {
    hint: provider.install === undefined ? `install ${command}` : `install it: ${provider.install}`,
    data: { provider: provider.name, command },
  });
}
