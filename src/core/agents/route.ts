/** Which agent gets a task: filters, then scores. Pure, and all of it stays visible in the table. */
import type { AgentState, RouteFilter, RouteRow, Routing } from "../../contract/agents.ts";

/** What a task asks of whoever does it. */
export interface Need {
  readonly capabilities: readonly string[];
  readonly labels: readonly string[];
  /** A name or an id: nobody else will do. */
  readonly agent?: string | undefined;
}

export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly state: AgentState;
  readonly capabilities: readonly string[];
  readonly labels: readonly string[];
  /** What is wrong with it, in words; null where it is well. */
  readonly illness: string | null;
  /** May it take this task? */
  readonly policy: { readonly effect: "allow" | "ask" | "deny"; readonly reason: string };
  readonly running: number;
  readonly maxConcurrency: number;
  readonly recentFailures: number;
  /** It worked in this project, as one of its terminals still does. */
  readonly knowsProject: boolean;
  /** It has an idle terminal there: nothing needs to be launched. */
  readonly isWarm: boolean;
}

/** Points; a full agent has 100 of load, so that a free one beats a busy one with affinity. */
const WEIGHTS = { load: 100, failure: 25, failuresCounted: 4, project: 15, warm: 10 } as const;

/** What another time may mend. */
const PASSING: ReadonlySet<RouteFilter> = new Set(["health", "room"]);

export function route(need: Need, candidates: readonly Candidate[]): Routing {
  const table = candidates.map((candidate) => row(need, candidate)).toSorted(inOrder);
  const [best] = table;
  if (best !== undefined && best.score !== null)
    return { picked: best.id, outcome: "picked", why: pickedText(best, table), table };
  const fits = table.filter(({ refused }) => refused.every(({ filter }) => PASSING.has(filter)));
  const outcome = fits.length > 0 ? "later" : "nobody";
  return { picked: null, outcome, why: noneText(need, fits, table), table };
}

function row(need: Need, candidate: Candidate): RouteRow {
  const { id, name, policy } = candidate;
  const refused = refusals(need, candidate);
  const score = refused.length === 0 ? scoreOf(candidate) : null;
  return { id, name, refused, score, asks: policy.effect === "ask" };
}

function refusals(need: Need, candidate: Candidate): RouteRow["refused"] {
  const { id, name, state, policy, running, maxConcurrency, illness } = candidate;
  const isAsked = need.agent === undefined || need.agent === id || need.agent === name;
  const found: Record<RouteFilter, string | null> = {
    agent: isAsked ? null : `the task is for ${need.agent ?? ""}`,
    state: state === "enabled" ? null : `it is ${state}`,
    capabilities: lacks("cannot", need.capabilities, candidate.capabilities),
    labels: lacks("has no label", need.labels, candidate.labels),
    health: illness,
    policy: policy.effect === "deny" ? policy.reason : null,
    room: running < maxConcurrency ? null : `it works on ${running} of ${maxConcurrency}`,
  };
  return FILTERS.flatMap((filter) => {
    const reason = found[filter];
    return reason === null ? [] : [{ filter, reason }];
  });
}

const FILTERS: readonly RouteFilter[] = [
  "agent",
  "state",
  "capabilities",
  "labels",
  "health",
  "policy",
  "room",
];

function lacks(verb: string, wanted: readonly string[], has: readonly string[]): string | null {
  const missing = wanted.filter((each) => !has.includes(each));
  return missing.length === 0 ? null : `it ${verb} ${missing.join(", ")}`;
}

function scoreOf(candidate: Candidate): NonNullable<RouteRow["score"]> {
  const { running, maxConcurrency, recentFailures, knowsProject, isWarm } = candidate;
  const load = Math.round((WEIGHTS.load * running) / maxConcurrency);
  const failures = WEIGHTS.failure * Math.min(recentFailures, WEIGHTS.failuresCounted);
  const known = knowsProject ? WEIGHTS.project : 0;
  // No minus zero: it would be another number once it is stored.
  const affinity = 0 - known - (isWarm ? WEIGHTS.warm : 0);
  return { total: load + failures + affinity, load, failures, affinity };
}

/** Scored ones first; then by id, so that the same agents give the same table. */
function inOrder(one: RouteRow, other: RouteRow): number {
  const difference = (one.score?.total ?? Infinity) - (other.score?.total ?? Infinity);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  return one.id < other.id ? -1 : Number(one.id > other.id);
}

function pickedText(best: RouteRow, table: readonly RouteRow[]): string {
  const rivals = table.filter(({ score }) => score !== null).length - 1;
  if (rivals === 0) return `${best.name} is the only one that may take it`;
  const total = best.score?.total ?? 0;
  const isTied = table[1]?.score?.total === total;
  const how = isTied ? "scores no worse than" : "scores better than";
  return `${best.name} ${how} ${rivals} ${rivals === 1 ? "other" : "others"} (${total})`;
}

function noneText(need: Need, fits: readonly RouteRow[], table: readonly RouteRow[]): string {
  const [first] = fits;
  if (first !== undefined) {
    const who = fits.length === 1 ? first.name : `${first.name} (one of ${fits.length} that fit)`;
    return `${who} cannot now: ${reasonsOf(first)}`;
  }
  if (table.length === 0) return "no agent is registered";
  const { agent } = need;
  if (agent === undefined) return `no agent fits: ${table.map(shortly).slice(0, 3).join("; ")}`;
  const named = table.find(({ id, name }) => id === agent || name === agent);
  return named === undefined ? `no agent is called ${agent}` : shortly(named);
}

/** Without what will pass: it would not do it then either. */
function shortly({ name, refused }: RouteRow): string {
  return `${name}: ${reasonsOf({ refused: refused.filter(({ filter }) => !PASSING.has(filter)) })}`;
}

function reasonsOf({ refused }: Pick<RouteRow, "refused">): string {
  return refused.map(({ reason }) => reason).join(", ");
}
