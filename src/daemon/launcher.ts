/** Starts one agent, a team or a worker; brings back those that ended, with their conversations. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ConductorError, describeError } from "../base/errors.ts";
import type {
  LaunchOutcome,
  LaunchRequest,
  RestartOutcome,
  ShutdownOutcome,
  TeamRequest,
} from "../contract/terminals.ts";
import { parseTeam, type Team } from "../core/profiles/index.ts";
import type { Terminal } from "../core/terminals/index.ts";
import {
  type Asked,
  chosen,
  ofAgent,
  type Plan,
  type PlanPorts,
  plan,
  type Wanted,
} from "./launch-plan.ts";
import { findEnded, findLive, findLost, freeName, nameFor, slotOf, yieldName } from "./launched.ts";
import { resumption } from "./resumption.ts";
import { shutdown } from "./shutdown.ts";
import { terminalView } from "./views.ts";

export interface LauncherPorts extends PlanPorts {
  readonly endSession: (session: string) => Promise<void>;
  readonly autoOff: () => Promise<boolean>;
  /** The session file of its agent that was followed last. */
  readonly sessionFile: (terminalId: string) => Promise<string | undefined>;
  /** Puts a first prompt into the inbox. */
  readonly prompt: (terminalId: string, body: string) => Promise<void>;
}

export interface Launcher {
  launchOne(asked: LaunchRequest): Promise<LaunchOutcome>;
  launchTeam(asked: TeamRequest): Promise<LaunchOutcome>;
  /** Launches an agent under an id that was written down before; its first message is its caller's. */
  launchWorker(asked: Wanted, id: string): Promise<Terminal>;
  /** What the next process of an agent without a pane would be: with its conversation, where it has one. */
  planRun(terminal: Terminal, env: Readonly<Record<string, string>>): Promise<Plan>;
  restart(
    terminal: Terminal,
    asked: { readonly env: Readonly<Record<string, string>>; readonly resume: boolean },
  ): Promise<Restarted>;
  /** A worker that ended goes on with its conversation; where another has its name by now, under a new one. */
  reopen(terminal: Terminal, env: Readonly<Record<string, string>>): Promise<void>;
  shutdown(asked: { session?: string | undefined; all: boolean }): Promise<ShutdownOutcome>;
}

export interface Restarted extends Pick<RestartOutcome, "resumed" | "fresh"> {
  readonly terminal: Terminal;
}

const NO_COUNTS = { unread: new Map<string, number>(), pending: new Map<string, number>() };

export function createLauncher(ports: LauncherPorts): Launcher {
  const launching = new Set<string>();
  const restart: Launcher["restart"] = async (terminal, { env, resume }) => {
    const asked = { ...asLaunched(terminal.record), env: { ...env } };
    const planned = await (resume ? planAgain(ports, asked, terminal) : plan(ports, asked));
    const spec = { ...planned.spec, worktree: terminal.record.worktree };
    const { resumed, fresh } = planned;
    return { terminal: await start(ports, { ...planned, spec }, terminal), resumed, fresh };
  };
  return {
    launchOne: (asked) => launchOne(ports, asked),
    launchTeam: (asked) => launchTeam(ports, asked),
    launchWorker: (asked, id) => launchWorker(ports, asked, { id, launching }),
    planRun: (terminal, env) =>
      planAgain(ports, { ...asLaunched(terminal.record), env: { ...env } }, terminal),
    restart,
    reopen: async (terminal, env) => {
      await yieldName(ports.terminals(), terminal, launching);
      await restart(terminal, { env, resume: true });
    },
    shutdown: (asked) => shutdown(ports, asked),
  };
}

async function launchOne(ports: LauncherPorts, asked: LaunchRequest): Promise<LaunchOutcome> {
  const { resume, ...given } = asked;
  const request = await ofAgent(ports, given);
  if (resume === true) return resumeOne(ports, request);
  const planned = await plan(ports, { ...request, resume });
  const { session } = planned.spec;
  return outcomeOf(session, { plan: planned, terminal: await start(ports, planned) });
}

/** It comes back as it was launched, but for what is asked otherwise now. */
async function resumeOne(ports: LauncherPorts, asked: Asked): Promise<LaunchOutcome> {
  const provider = chosen(ports, asked).provider.name;
  const session = asked.session ?? ports.sessionName;
  const name = asked.name ?? nameFor(asked.nameLike ?? asked.profile ?? provider);
  const running = findLive(ports.terminals(), session, name);
  if (running !== undefined)
    return { ...NOTHING, session, kept: [terminalView(running, NO_COUNTS)] };
  const before = findEnded(ports.terminals(), { session, name, provider });
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
  agentId,
  labels,
  launch,
}: Terminal["record"]): Omit<Asked, "env" | "resume"> {
  const { args, gate, network, connector } = launch;
  const who = { session, name, provider, ...(profile === null ? {} : { profile }) };
  const of = agentId === null ? {} : { agentId };
  return { ...who, ...of, cwd, labels: [...labels], args: [...args], gate, network, connector };
}

async function start(
  ports: LauncherPorts,
  { spec, prompt }: Plan,
  before: Terminal | undefined = findLost(ports.terminals(), spec),
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
  given: Wanted,
  { id, launching }: { readonly id: string; readonly launching: Set<string> },
): Promise<Terminal> {
  const asked = await ofAgent(ports, given);
  const known = ports.terminals().byId(id);
  if (known !== undefined) await yieldName(ports.terminals(), known, launching);
  const session = asked.session ?? ports.sessionName;
  const wanted = asked.nameLike ?? asked.profile ?? asked.provider ?? "worker";
  const name =
    known?.record.name ?? asked.name ?? freeName(ports.terminals(), session, wanted, launching);
  const slot = slotOf(session, name);
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
    const running = findLive(ports.terminals(), team.session, agent.name);
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
  const provider = chosen(ports, request).provider.name;
  const before = findEnded(ports.terminals(), { session, name: request.name, provider });
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
  const { provider } = chosen(ports, asked);
  const last = before && {
    record: before.record,
    file: await ports.sessionFile(before.record.id),
  };
  const how = resumption(provider, last, asked.args ?? []);
  if ("fresh" in how) return { ...(await plan(ports, asked)), fresh: how.fresh };
  // Its role and its first work stand in that conversation.
  return { ...(await plan(ports, { ...asked, ...how })), prompt: undefined, resumed: true };
}

function expand(path: string, base: string): string {
  const home = path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
  return resolve(base, home);
}
