/**
 * A lane is what all tasks share that the same claimers may take, and that stop together when their group is full.
 * There are few, however long the queue is; so who may take what is decided once per lane.
 */
import { z } from "zod";
import type { Instant } from "../../base/clock.ts";
import type { NewTask } from "../../contract/tasks.ts";
import { canonicalJson } from "../journal/index.ts";

const lane = z.object({
  labels: z.array(z.string()).default([]),
  capabilities: z.array(z.string()).default([]),
  agent: z.string().nullable().default(null),
  group: z.object({ key: z.string(), limit: z.number() }).nullable().default(null),
});
export type Lane = z.infer<typeof lane>;

/** What a claimer can do, and the names and ids that a task may want it by. */
export interface Offer {
  readonly labels: readonly string[];
  readonly capabilities: readonly string[];
  readonly agent: readonly string[];
}

export function laneText(task: Pick<NewTask, keyof Lane>): string {
  return canonicalJson({
    labels: task.labels.length > 0 ? task.labels : undefined,
    capabilities: task.capabilities.length > 0 ? task.capabilities : undefined,
    agent: task.agent ?? undefined,
    group: task.group ?? undefined,
  });
}

const known = new Map<string, Lane>();
const MOST_KNOWN = 1_000;

/** Of a text that `laneText` made: the same few come again and again. */
export function readLane(text: string): Lane {
  const before = known.get(text);
  if (before !== undefined) return before;
  const fresh = lane.parse(JSON.parse(text));
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, fresh);
  return fresh;
}

/** Without an offer everything suits: a person knows what they take. */
export function suits(needs: Lane, offer: Offer | undefined): boolean {
  if (offer === undefined) return true;
  return (
    needs.labels.every((each) => offer.labels.includes(each)) &&
    needs.capabilities.every((each) => offer.capabilities.includes(each)) &&
    (needs.agent === null || offer.agent.includes(needs.agent))
  );
}

const STEP_MS = 10 * 60_000;

/**
 * The task's place in the queue: each step of priority is worth ten minutes of waiting. All that wait grow older
 * at the same pace, so their order never changes, nothing has to be written while they wait, and nobody starves.
 */
export function rankOf(priority: number, since: Instant): number {
  return since + priority * STEP_MS;
}
