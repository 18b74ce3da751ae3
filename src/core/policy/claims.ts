/** Whether the daemon may give a task to an agent by itself. The strictest rule of all layers counts; without one it may. */
import { type Layer, SEVERITY } from "./decide.ts";
import { listOf } from "./match.ts";
import type { Effect, TaskRule } from "./schema.ts";

/** A task, and the agent that would get it. */
export interface ClaimQuestion {
  readonly type: string;
  readonly queue: string;
  readonly labels: readonly string[];
  readonly createdBy: "human" | "agent";
  readonly agent: string;
}

export interface ClaimVerdict {
  readonly effect: Effect;
  readonly reason: string;
  /** What decided, as `layer/id`. */
  readonly rules: readonly string[];
}

export function decideClaim(question: ClaimQuestion, layers: readonly Layer[]): ClaimVerdict {
  const found = layers.flatMap(({ name, tasks = [] }) =>
    tasks.filter(({ match }) => isOf(match, question)).map((rule) => ({ name, rule })),
  );
  const most = Math.max(SEVERITY.allow, ...found.map(({ rule }) => SEVERITY[rule.effect]));
  const deciding = found.filter(({ rule }) => SEVERITY[rule.effect] === most);
  return {
    effect: deciding[0]?.rule.effect ?? "allow",
    reason: deciding.map(({ rule }) => rule.reason ?? rule.id).join("; "),
    rules: deciding.map(({ name, rule }) => `${name}/${rule.id}`),
  };
}

function isOf(match: TaskRule["match"], asked: ClaimQuestion): boolean {
  const { labels, type, queue, created_by: createdBy, agent } = match;
  const isAmong = (wanted: string | readonly string[] | undefined, value: string): boolean =>
    wanted === undefined || listOf(wanted).includes(value);
  return (
    (labels === undefined || listOf(labels).some((label) => asked.labels.includes(label))) &&
    isAmong(type, asked.type) &&
    isAmong(queue, asked.queue) &&
    isAmong(createdBy, asked.createdBy) &&
    isAmong(agent, asked.agent)
  );
}
