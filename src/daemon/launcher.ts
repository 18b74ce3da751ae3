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
  RestartOutcome,
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
import { resumption } from "./resumption.ts";
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
  /** The session file of its agent that was followed last. */
  readonly sessionFile: (terminalId: string) => Promise<string | undefined>;
  /** Puts a first prompt into the inbox. */
  readonly prompt: (terminalId: string, body: string) => Promise<void>;
}

export interface Launcher {
  launchOne(asked: LaunchRequest): Promise<LaunchOutcome>;
  launchTeam(asked: TeamRequest): Promise<LaunchOutcome>;
  /** Launches an agent under an id that was written down before; its first message is its caller's. */
  launchWorker(asked: Asked, id: string): Promise<Terminal>;
  restart(
    terminal: Terminal,
    asked: { readonly env: Readonly<Record<string, string>>; readonly resume: boolean },
  ): Promise<Restarted>;
  shutdown(asked: { session?: string | undefined; all: boolean }): Promise<ShutdownOutcome>;
}

export interface Restarted extends Pick<RestartOutcome, "resumed" | "fresh"> {
  readonly terminal: Terminal;
}

const NO_COUNTS = { unread: new Map<string, number>(), pending: new Map<string, number>() };

type Asked = Omit<LaunchRequest, "resume"> & { readonly resume?: string | undefined };

interface Plan extends Pick<RestartOutcome, "resumed" | "fresh"> {
  readonly spec: LaunchSpec;
  readonly prompt: string | undefined;
}

export function createLauncher(ports: LauncherPorts): Launcher {
  const launching = new Set<string>();
  return {
    launchOne: (asked) => launchOne(ports, asked),
    launchTeam: (asked) => launchTeam(ports, asked),
    launchWorker: (asked, id) => launchWorker(ports, asked, { id, launching }),
    restart: async (terminal, { env, resume }) => {
      const asked = { ...asLaunched(terminal.record), env: { ...env } };
      const planned = await (resume ? planAgain(ports, asked, terminal) : plan(ports, asked));
      const spec = { ...planned.spec, worktree: terminal.record.worktree };
      const { resumed, fresh } = planned;
      return { terminal: await start(ports, { ...planned, spec }, terminal), resumed, fresh };
    },
    shutdown: (asked) => shutdown(ports, asked),
  };
}

async function launchOne(ports: LauncherPorts, asked: LaunchRequest): Promise<LaunchOutcome> {
  const { resume, ...request } = asked;
  if (resume === true) return resumeOne(ports, request);
  const planned = await plan(ports, { ...request, resume });
  const { session } = planned.spec;
  return outcomeOf(session, { plan: planned, terminal: await start(ports, planned) });
}

/** It comes back as it was launched, but for what is asked otherwise now. */
async function resumeOne(ports: LauncherPorts, asked: Asked): Promise<LaunchOutcome> {
  const profile = asked.profile === undefined ? undefined : ports.catalog.profile(asked.profile);
  const provider = ports.catalog.provider(chooseProvider(asked, profile)).name;
  const session = asked.session ?? ports.sessionName;
  const name = asked.name ?? nameFor(asked.profile ?? provider);
  const running = findLive(ports, session, name);
  if (running !== undefined)
    return { ...NOTHING, session, kept: [terminalView(running, NO_COUNTS)] };
  const before = findEnded(ports, { session, name, provider });
  const { cwd: _cwd, worktree: _worktree, ...given } = asked;
  const request = before === undefined ? asked : { ...asLaunched(before.record), ...given };
  const planned = await planAgain(ports, { ...request, name }, before);
  const { worktree } = before?.record ?? planned.spec;
  const prompt = planned.resumed ? asked.prompt : planned.prompt;
  const whole = { ...planned, prompt, spec: { ...planned.spec, worktree } };
  return outcomeOf(session, { plan: whole, terminal: await start(ports, whole, before) });
}

const NOTHING = { launched: [], kept: [], failed: [], resumed: [], fresh: [] };

function outcomeOf(
  session: string,
  { plan: { resumed, fresh }, terminal }: { readonly plan: Plan; readonly terminal: Terminal },
): LaunchOutcome {
  const { name } = terminal.record;
  return {
    ...NOTHING,
    session,
    launched: [terminalView(terminal, NO_COUNTS)],
    resumed: resumed ? [name] : [],
    fresh: fresh === null ? [] : [{ name, why: fresh }],
  };
}

/** What it was launched with, all but the environment. */
function asLaunched({
  session,
  name,
  provider,
  profile,
  cwd,
  labels,
  launch,
}: Terminal["record"]): Omit<LaunchRequest, "env" | "resume"> {
  const { args, gate, network } = launch;
  const who = { session, name, provider, ...(profile === null ? {} : { profile }) };
  return { ...who, cwd, labels: [...labels], args: [...args], gate, network };
}

async function start(
  ports: LauncherPorts,
  { spec, prompt }: Plan,
  before: Terminal | undefined = findLost(ports, spec),
): Promise<Terminal> {
  const terminal =
    before === undefined
      ? await ports.terminals().launch(spec, "human")
      : await ports.terminals().restart(before, spec, "human");
  if (prompt !== undefined) await ports.prompt(terminal.record.id, prompt);
  return terminal;
}

/** Several may be launched at once: a name that one has chosen is taken before its row is. */
async function launchWorker(
  ports: LauncherPorts,
  asked: Asked,
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
  const outcome: LaunchOutcome = {
    session: team.session,
    launched: [],
    kept: [],
    failed: [],
    resumed: [],
    fresh: [],
  };
  const planned: { name: string; plan: Plan; before: Terminal | undefined }[] = [];
  for (const agent of team.agents) {
    const running = findLive(ports, team.session, agent.name);
    if (running !== undefined) {
      outcome.kept.push(terminalView(running, NO_COUNTS));
      continue;
    }
    try {
      const request = requestFor(team, agent, asked);
      planned.push({ name: agent.name, ...(await planMember(ports, team, request, asked)) });
    } catch (error) {
      outcome.failed.push(failure(agent.name, error));
    }
  }
  const started = await Promise.allSettled(
    planned.map(async (each) =>
      outcomeOf(team.session, {
        plan: each.plan,
        terminal: await start(ports, each.plan, each.before),
      }),
    ),
  );
  for (const [index, each] of started.entries()) {
    if (each.status === "fulfilled") {
      outcome.launched.push(...each.value.launched);
      outcome.resumed.push(...each.value.resumed);
      outcome.fresh.push(...each.value.fresh);
    } else outcome.failed.push(failure(planned[index]?.name ?? "", each.reason));
  }
  return outcome;
}

/** What its file leaves open is as it was. */
async function planMember(
  ports: LauncherPorts,
  { session }: Team,
  request: Asked & { readonly name: string },
  { resume }: TeamRequest,
): Promise<{ readonly plan: Plan; readonly before: Terminal | undefined }> {
  if (resume !== true) return { plan: await plan(ports, request), before: undefined };
  const profile =
    request.profile === undefined ? undefined : ports.catalog.profile(request.profile);
  const provider = ports.catalog.provider(chooseProvider(request, profile)).name;
  const before = findEnded(ports, { session, name: request.name, provider });
  const { gate, network } = before?.record.launch ?? {};
  const again = { ...request, gate: request.gate ?? gate, network: request.network ?? network };
  return { plan: await planAgain(ports, again, before), before };
}

function requestFor(
  team: Team,
  agent: Team["agents"][number],
  asked: TeamRequest,
): Asked & { readonly name: string } {
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

/** With the conversation of `before`, where that can go on. */
async function planAgain(
  ports: LauncherPorts,
  asked: Asked,
  before: Terminal | undefined,
): Promise<Plan> {
  const profile = asked.profile === undefined ? undefined : ports.catalog.profile(asked.profile);
  const provider = ports.catalog.provider(chooseProvider(asked, profile));
  const last = before && {
    record: before.record,
    file: await ports.sessionFile(before.record.id),
  };
  const how = resumption(provider, last, asked.args ?? []);
  if ("fresh" in how) return { ...(await plan(ports, asked)), fresh: how.fresh };
  // Its role and its first work stand in that conversation.
  return { ...(await plan(ports, { ...asked, ...how })), prompt: undefined, resumed: true };
}

async function plan(ports: LauncherPorts, asked: Asked): Promise<Plan> {
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
  const home = inherited["HOME"] ?? homedir();
  const settings = (id: string) => ports.settings(provider, { id, gate, home });
  const spec: LaunchSpec = {
    session,
    name,
    provider: provider.name,
    profile: profile?.name ?? null,
    cwd,
    argv: [binary, ...provider.args, ...words],
    argvOf: (id) => [binary, ...provider.args, ...settings(id).args, ...words],
    labels: [...new Set([...(profile?.labels ?? []), ...(asked.labels ?? [])])],
    worktree: asked.worktree === undefined ? null : cwd,
    args: asked.args ?? [],
    envNames: Object.keys(inherited).toSorted(),
    gate,
    agentSession: own.agentSession,
    transcriptRoot: own.transcriptRoot,
    network,
    wrapper,
    env: (id) => ({ ...inherited, ...settings(id).env, ...ports.agentVariables(id) }),
    readyMs: provider.ready.timeoutMs,
  };
  const prompt = firstPrompt(provider, profile, asked.prompt);
  return { spec, prompt, resumed: false, fresh: null };
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

function chooseProvider(asked: Asked, profile: Profile | undefined): string {
  const chosen = asked.provider ?? profile?.provider;
  if (chosen !== undefined) return chosen;
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
  const newest = findEnded(ports, wanted);
  return newest?.status.status === "lost" ? newest : undefined;
}

function findEnded(
  ports: LauncherPorts,
  wanted: Pick<LaunchSpec, "session" | "name" | "provider">,
): Terminal | undefined {
  const named = ports
    .terminals()
    .all()
    .filter(({ record }) => record.session === wanted.session && record.name === wanted.name);
  const newest = named.toSorted((one, other) => other.record.createdAt - one.record.createdAt)[0];
  return newest?.record.provider === wanted.provider && !newest.isLive ? newest : undefined;
}

function freeName(
  ports: LauncherPorts,
  session: string,
  wanted: string,
  isTaken: (name: string) => boolean = () => false,
): string {
  const base = nameFor(wanted);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!isTaken(name) && findLive(ports, session, name) === undefined) return name;
  }
}

function nameFor(wanted: string): string {
  return wanted.replaceAll(/[^A-Za-z0-9_-]/g, "-");
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
