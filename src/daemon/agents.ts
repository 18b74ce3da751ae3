/** Registered agents: who they are, how they are now, and how the router sees them. */
import type { Clock } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { VERSION } from "../base/version.ts";
import type {
  AgentCard,
  AgentHealth,
  AgentRecord,
  AgentView,
  RegisterAsked,
} from "../contract/agents.ts";
import { routes } from "../contract/routes.ts";
import {
  type AgentStore,
  type AgentWork,
  type By,
  type Candidate,
  capabilitiesOf,
  cardOf,
  illnessOf,
  isInProject,
  judgeHealth,
  labelsOf,
  type Probes,
} from "../core/agents/index.ts";
import type { Journal } from "../core/journal/index.ts";
import type { Profile } from "../core/profiles/index.ts";
import type { ProviderDefinition } from "../core/providers/index.ts";
import type { Terminal, Terminals } from "../core/terminals/index.ts";
import type { AgentProbes } from "./agent-probes.ts";
import type { Catalog } from "./catalog.ts";
import { chosen } from "./launch-plan.ts";

const RECENT_MS = 60 * 60_000;

export interface AgentsPorts {
  readonly store: AgentStore;
  readonly catalog: Catalog;
  readonly terminals: () => Terminals;
  readonly probes: AgentProbes;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly url: () => string;
}

export interface Agents extends Disposable {
  list(): Promise<AgentView[]>;
  show(ref: string): Promise<AgentView>;
  card(ref: string): Promise<AgentCard>;
  /** @throws {ConductorError} `name.taken`; what is wrong with its profile or provider */
  register(asked: RegisterAsked, by: By): Promise<AgentView>;
  change(change: (store: AgentStore) => Promise<AgentRecord>): Promise<AgentView>;
  /** @throws {ConductorError} `state.conflict` while it works */
  remove(ref: string, by: By): Promise<AgentRecord>;
  /**
   * All that are registered, for the router.
   * @param task  its project's folder, and what the policy says to each agent
   */
  candidates(task: {
    readonly project: string | null;
    readonly policy: (agent: AgentRecord) => Candidate["policy"];
  }): Promise<Candidate[]>;
}

export function createAgents(ports: AgentsPorts): Agents {
  const { store, journal, clock, log } = ports;
  const show = async (agent: AgentRecord): Promise<AgentView> => {
    const work = await recentWork(ports);
    return viewOf(ports, await look(ports, agent, "fresh"), work.get(agent.id));
  };
  const all = async (): Promise<Seen[]> =>
    Promise.all((await store.list()).map((agent) => look(ports, agent, "known")));
  const settle = (): void => {
    store.settleDrained(clock.now()).catch((error: unknown) => {
      log.error({ error: describeError(error) }, "agents that drained are not disabled");
    });
  };
  // A daemon before this one may have ended in between.
  settle();
  const unfollow = journal.follow(({ type }) => {
    if (type === "turn.ended" || type.startsWith("task.")) settle();
  });
  return {
    list: async () => {
      const [seen, work] = await Promise.all([all(), recentWork(ports)]);
      return seen.map((each) => viewOf(ports, each, work.get(each.agent.id)));
    },
    show: async (ref) => show(await store.get(ref)),
    card: async (ref) => {
      const agent = await store.get(ref);
      const { capabilities, labels } = await look(ports, agent, "fresh");
      const url = `${ports.url()}${routes.agent(agent.id)}`;
      return cardOf(agent, { capabilities, labels }, { url, version: VERSION });
    },
    register: async (asked, by) => {
      const { profile, provider } = chosen(ports, asked);
      const known = { profile: profile?.name ?? null, provider: provider.name };
      return show(await store.register({ ...asked, ...known }, by));
    },
    change: async (change) => show(await change(store)),
    remove: (ref, by) => store.remove(ref, by),
    candidates: async (task) => {
      const [seen, work] = await Promise.all([all(), recentWork(ports)]);
      return seen.map((each) => candidateOf(ports, each, work.get(each.agent.id), task));
    },
    [Symbol.dispose]: unfollow,
  };
}

function recentWork({ store, clock }: AgentsPorts): Promise<ReadonlyMap<string, AgentWork>> {
  return store.work(clock.now() - RECENT_MS);
}

/** An agent, with what its files and its CLI say. */
interface Seen {
  readonly agent: AgentRecord;
  readonly labels: readonly string[];
  readonly capabilities: AgentView["allCapabilities"];
  readonly provider: ProviderDefinition | undefined;
  readonly probes: Probes;
  readonly missing: readonly { readonly what: "provider" | "profile"; readonly told: string }[];
}

async function look(
  { catalog, probes: looks }: AgentsPorts,
  agent: AgentRecord,
  how: keyof AgentProbes,
): Promise<Seen> {
  const missing: { what: "provider" | "profile"; told: string }[] = [];
  const had = <T>(what: "provider" | "profile", get: () => T): T | undefined => {
    try {
      return get();
    } catch (error) {
      missing.push({ what, told: describeError(error) });
      return undefined;
    }
  };
  const { profile: role } = agent;
  const profile: Profile | undefined =
    role === null ? undefined : had("profile", () => catalog.profile(role));
  const provider = had("provider", () => catalog.provider(agent.provider));
  const probes = provider === undefined ? {} : await looks[how](provider.name);
  const labels = labelsOf(agent, profile);
  return {
    agent,
    labels,
    capabilities: capabilitiesOf(agent, profile, probes),
    provider,
    probes,
    missing,
  };
}

function healthOf({ clock }: AgentsPorts, seen: Seen, work: AgentWork | undefined): AgentHealth {
  const { missing, provider, probes, agent } = seen;
  return judgeHealth({ missing, provider, probe: probes[agent.connector], work }, clock.now());
}

function viewOf(ports: AgentsPorts, seen: Seen, work: AgentWork | undefined): AgentView {
  const live = terminalsOf(ports, seen.agent).filter(({ isLive }) => isLive);
  return {
    ...seen.agent,
    allLabels: [...seen.labels],
    allCapabilities: seen.capabilities,
    activity: activityOf(live),
    terminals: live.map(({ record, status }) => {
      const { id, session, name } = record;
      return { id, session, name, status: status.status, detail: status.detail };
    }),
    running: work?.running ?? 0,
    recentFailures: work?.failures ?? 0,
    health: healthOf(ports, seen, work),
  };
}

function candidateOf(
  ports: AgentsPorts,
  seen: Seen,
  work: AgentWork | undefined,
  task: Parameters<Agents["candidates"]>[0],
): Candidate {
  const { id, name, state, maxConcurrency } = seen.agent;
  const { project } = task;
  const there = terminalsOf(ports, seen.agent).filter(
    ({ record }) => project !== null && isInProject(record.cwd, project),
  );
  return {
    id,
    name,
    state,
    maxConcurrency,
    labels: seen.labels,
    capabilities: seen.capabilities.map((each) => each.name),
    illness: illnessOf(healthOf(ports, seen, work)),
    policy: task.policy(seen.agent),
    running: work?.running ?? 0,
    recentFailures: work?.failures ?? 0,
    knowsProject: there.length > 0,
    isWarm: there.some(({ isLive, status }) => isLive && status.status === "idle"),
  };
}

function terminalsOf({ terminals }: AgentsPorts, { id }: AgentRecord): Terminal[] {
  return terminals()
    .all()
    .filter(({ record }) => record.agentId === id);
}

function activityOf(live: readonly Terminal[]): AgentView["activity"] {
  const statuses = new Set(live.map(({ status }) => status.status));
  if (statuses.has("waiting")) return "waiting";
  if (statuses.has("working") || statuses.has("starting")) return "busy";
  return statuses.size > 0 ? "idle" : "none";
}
