/** From what was asked for to a running terminal: profile, provider, worktree, environment, first prompt. */
import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { agentEnvironment } from "../base/environment.ts";
import { ConductorError, describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { type GateLevel, type Network, strictestLevel } from "../contract/decisions.ts";
import type {
  LaunchOutcome,
  LaunchRequest,
  ShutdownOutcome,
  TeamRequest,
} from "../contract/terminals.ts";
import { type Profile, parseTeam, type Team } from "../core/profiles/index.ts";
import type { ProviderDefinition } from "../core/providers/index.ts";
import type { LaunchSpec, Terminal, Terminals } from "../core/terminals/index.ts";
import { agentSession } from "./agent-sessions.ts";
import type { Catalog } from "./catalog.ts";
import type { Containment } from "./containment.ts";
import { type HookedTerminal, refuseOwnSettings, type TerminalSettings } from "./hooks/settings.ts";
import { terminalView } from "./views.ts";

export interface LauncherPorts {
  readonly terminals: () => Terminals;
  readonly catalog: Catalog;
  readonly log: Logger;
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
  readonly endSession: (session: string) => Promise<void>;
  /** Makes or finds the worktree of that name; resolves with its folder. */
  readonly worktree: (repository: string, name: string) => Promise<string>;
  /** Puts a first prompt into the inbox. */
  readonly prompt: (terminalId: string, body: string) => Promise<void>;
}

export interface Launcher {
  launchOne(asked: LaunchRequest): Promise<LaunchOutcome>;
  launchTeam(asked: TeamRequest): Promise<LaunchOutcome>;
  /** Launches an agent under an id that was written down before; its first message is its caller's. */
  launchWorker(asked: LaunchRequest, id: string): Promise<Terminal>;
  restart(terminal: Terminal, env: Readonly<Record<string, string>>): Promise<Terminal>;
  shutdown(asked: { session?: string | undefined; all: boolean }): Promise<ShutdownOutcome>;
}

const NO_COUNTS = { unread: new Map<string, number>(), pending: new Map<string, number>() };

type Plan = Awaited<ReturnType<typeof plan>>;

export function createLauncher(ports: LauncherPorts): Launcher {
  const launching = new Set<string>();
  return {
    launchOne: async (asked) => {
      const planned = await plan(ports, asked);
      const terminal = await start(ports, planned);
      const launched = [terminalView(terminal, NO_COUNTS)];
      return { session: planned.spec.session, launched, kept: [], failed: [] };
    },
    launchTeam: (asked) => launchTeam(ports, asked),
    launchWorker: (asked, id) => launchWorker(ports, asked, { id, launching }),
    restart: async (terminal, env) => {
      const { record } = terminal;
      const { spec, prompt } = await plan(ports, {
        session: record.session,
        name: record.name,
        provider: record.provider,
        ...(record.profile === null ? {} : { profile: record.profile }),
        cwd: record.cwd,
        labels: [...record.labels],
        args: [...record.launch.args],
        gate: record.launch.gate,
        network: record.launch.network,
        env: { ...env },
      });
      const next = { ...spec, worktree: record.worktree };
      const restarted = await ports.terminals().restart(terminal, next, "human");
      if (prompt !== undefined) await ports.prompt(record.id, prompt);
      return restarted;
    },
    shutdown: (asked) => shutdown(ports, asked),
  };
}

async function start(ports: LauncherPorts, { spec, prompt }: Plan): Promise<Terminal> {
  const lost = findLost(ports, spec);
  const terminal =
    lost === undefined
      ? await ports.terminals().launch(spec, "human")
      : await ports.terminals().restart(lost, spec, "human");
  if (prompt !== undefined) await ports.prompt(terminal.record.id, prompt);
  return terminal;
}

/** Several may be launched at once: a name that one has chosen is taken before its row is. */
async function launchWorker(
  ports: LauncherPorts,
  asked: LaunchRequest,
  { id, launching }: { readonly id: string; readonly launching: Set<string> },
): Promise<Terminal> {
  const known = ports.terminals().byId(id);
  const session = asked.session ?? ports.sessionName;
  const isTaken = (each: string): boolean => launching.has(`${session}/${each}`);
  const wanted = asked.profile ?? asked.provider ?? "worker";
  const name = known?.record.name ?? asked.name ?? freeName(ports, session, wanted, isTaken);
  const slot = `${session}/${name}`;
  launching.add(slot);
  try {
    const { spec } = await plan(ports, { ...asked, session, name });
    if (known === undefined) return await ports.terminals().launch({ ...spec, id }, "daemon");
    return await ports.terminals().restart(known, spec, "daemon");
  } finally {
    launching.delete(slot);
  }
}

/**
 * Launches what is missing of a team; one agent that fails does not stop the others. They are planned one
 * after the other, since worktrees of one repository cannot be made at once, and started together.
 */
async function launchTeam(ports: LauncherPorts, asked: TeamRequest): Promise<LaunchOutcome> {
  const team = parseTeam(asked.text, asked.file);
  const outcome: LaunchOutcome = { session: team.session, launched: [], kept: [], failed: [] };
  const planned: { readonly name: string; readonly plan: Plan }[] = [];
  for (const agent of team.agents) {
    const running = findLive(ports, team.session, agent.name);
    if (running !== undefined) {
      outcome.kept.push(terminalView(running, NO_COUNTS));
      continue;
    }
    try {
      const request = requestFor(team, agent, asked);
      planned.push({ name: agent.name, plan: await plan(ports, request) });
    } catch (error) {
      outcome.failed.push(failure(agent.name, error));
    }
  }
  const started = await Promise.allSettled(planned.map((each) => start(ports, each.plan)));
  for (const [index, each] of started.entries()) {
    if (each.status === "fulfilled") outcome.launched.push(terminalView(each.value, NO_COUNTS));
    else outcome.failed.push(failure(planned[index]?.name ?? "", each.reason));
  }
  return outcome;
}

function requestFor(team: Team, agent: Team["agents"][number], asked: TeamRequest): LaunchRequest {
  const { env, cwd, ...rest } = agent;
  const folder = expand(cwd ?? team.cwd ?? ".", resolve(asked.file, ".."));
  return { ...rest, session: team.session, cwd: folder, env: { ...asked.env, ...env } };
}

function failure(name: string, error: unknown): LaunchOutcome["failed"][number] {
  const known = error instanceof ConductorError ? error : undefined;
  return {
    name,
    code: known?.code ?? "internal",
    message: describeError(error),
    hint: known?.hint ?? null,
  };
}

async function plan(
  ports: LauncherPorts,
  asked: LaunchRequest,
): Promise<{ spec: LaunchSpec; prompt: string | undefined }> {
  const profile = asked.profile === undefined ? undefined : ports.catalog.profile(asked.profile);
  const provider = ports.catalog.provider(chooseProvider(asked, profile));
  if (!existsSync(asked.cwd) || !statSync(asked.cwd).isDirectory()) {
    throw new ConductorError("usage.invalid", `${asked.cwd} is no directory`, {
      hint: "give --cwd",
    });
  }
  const session = asked.session ?? ports.sessionName;
  const name = asked.name ?? freeName(ports, session, asked.profile ?? provider.name);
  const inherited = { ...agentEnvironment(asked.env), ...provider.env };
  for (const unset of provider.unsetEnv) delete inherited[unset];
  // Agents find `conductor` even where it is not installed; what they have of their own comes first.
  inherited["PATH"] = [inherited["PATH"] ?? "", ports.ownBin].filter(Boolean).join(delimiter);
  refuseOwnSettings(provider, asked.args ?? []);
  const binary = findBinary(provider, inherited["PATH"]);
  const own = agentSession(provider, { resume: asked.resume, args: asked.args ?? [] }, inherited);
  const words = [...own.args, ...argumentsOf(provider, asked, profile)];
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
  const spec: LaunchSpec = {
    session,
    name,
    provider: provider.name,
    profile: profile?.name ?? null,
    cwd,
    argv: [binary, ...provider.args, ...words],
    argvOf: (id) => {
      const { args } = ports.settings(provider, { id, gate });
      return [binary, ...provider.args, ...args, ...words];
    },
    labels: [...new Set([...(profile?.labels ?? []), ...(asked.labels ?? [])])],
    worktree: asked.worktree === undefined ? null : cwd,
    args: asked.args ?? [],
    envNames: Object.keys(inherited).toSorted(),
    gate,
    agentSession: own.agentSession,
    transcriptRoot: own.transcriptRoot,
    network,
    wrapper,
    env: (id) => ({
      ...inherited,
      ...ports.settings(provider, { id, gate }).env,
      ...ports.agentVariables(id),
    }),
    readyMs: provider.ready.timeoutMs,
  };
  return { spec, prompt: firstPrompt(provider, profile, asked.prompt) };
}

/** The shell reads these before it runs anything: see gates/. What the user had there is read first. */
function gateVariables(
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

function chooseProvider(asked: LaunchRequest, profile: Profile | undefined): string {
  const chosen = asked.provider ?? profile?.provider;
  if (chosen !== undefined) return chosen;
  const who = profile === undefined ? "" : ` (profile ${profile.name} names none)`;
  throw new ConductorError("usage.invalid", `no provider was given${who}`, {
    hint: "add --provider, for example --provider claude-code",
  });
}

function argumentsOf(
  provider: ProviderDefinition,
  asked: LaunchRequest,
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
function findBinary(provider: ProviderDefinition, path: string | undefined): string {
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

function findLive(ports: LauncherPorts, session: string, name: string): Terminal | undefined {
  return ports
    .terminals()
    .live()
    .find(({ record }) => record.session === session && record.name === name);
}

/** What was lost with its tmux server comes back under its id, with its turns and the messages that wait for it. */
function findLost(
  ports: LauncherPorts,
  wanted: Pick<LaunchSpec, "session" | "name" | "provider">,
): Terminal | undefined {
  const named = ports
    .terminals()
    .all()
    .filter(({ record }) => record.session === wanted.session && record.name === wanted.name);
  const newest = named.toSorted((one, other) => other.record.createdAt - one.record.createdAt)[0];
  const isLost = newest?.status.status === "lost" && newest.record.provider === wanted.provider;
  return isLost ? newest : undefined;
}

function freeName(
  ports: LauncherPorts,
  session: string,
  wanted: string,
  isTaken: (name: string) => boolean = () => false,
): string {
  const base = wanted.replaceAll(/[^A-Za-z0-9_-]/g, "-");
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!isTaken(name) && findLive(ports, session, name) === undefined) return name;
  }
}

function expand(path: string, base: string): string {
  const home = path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
  return resolve(base, home);
}

async function shutdown(
  ports: LauncherPorts,
  asked: { session?: string | undefined; all: boolean },
): Promise<ShutdownOutcome> {
  const live = ports.terminals().live();
  const sessions = new Set(live.map(({ record }) => record.session));
  const chosen = asked.session ?? (sessions.size === 1 ? [...sessions][0] : undefined);
  if (!asked.all && chosen === undefined && sessions.size > 1) {
    throw new ConductorError(
      "usage.invalid",
      `${sessions.size} sessions run: ${[...sessions].join(", ")}`,
      {
        hint: "name one with --session, or say --all",
      },
    );
  }
  const leaving = live.filter(({ record }) => asked.all || record.session === chosen);
  const outcome: ShutdownOutcome = { stopped: [], killed: [] };
  await Promise.all(
    leaving.map(async (terminal) => {
      const how = await ports.terminals().stop(terminal, { actor: "human", force: false });
      (how === "left" ? outcome.stopped : outcome.killed).push(terminal.record.name);
    }),
  );
  for (const session of endingSessions(ports, asked, sessions)) await ports.endSession(session);
  return outcome;
}

/** Also those whose agents have all left: a side pane may still stand there. */
function endingSessions(
  ports: LauncherPorts,
  asked: { session?: string | undefined; all: boolean },
  running: ReadonlySet<string>,
): readonly string[] {
  if (asked.session !== undefined) return [asked.session];
  if (!asked.all && running.size > 0) return [...running];
  const all = ports.terminals().all();
  return [...new Set(all.map(({ record }) => record.session))];
}
