import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isReset } from "../../src/clients/link/events.ts";
import type { JournalEvent } from "../../src/contract/events.ts";
import type { Bench } from "../bench.ts";
import { installSeatedProvider } from "../fleet.ts";
import { atMost, type Result } from "../result.ts";
import { percentile } from "../stats.ts";
import type { World } from "../world.ts";

const RUNS = 60;
const QUICK_RUNS = 20;
const TARGET_MS = 20;

/**
 * What the daemon itself takes for a task that it does: neither delivery nor git nor the agent's turn. In an empty
 * folder, so that there is next to nothing to collect as evidence.
 */
export async function measureExecutor({ world, isQuick, say, signal }: Bench): Promise<Result[]> {
  await installSeatedProvider(world, "tasked");
  const client = world.client();
  await client.registerAgent({ name: "tasked", provider: "tasked" });
  await client.execution.turnAuto({ on: true });
  const runs = isQuick ? QUICK_RUNS : RUNS;
  const cwd = mkdtempSync(join(world.folder, "task-"));
  // The first launches the terminal that the others find.
  const spans: number[][] = [];
  for (let run = -1; run < runs; run += 1) {
    const ms = await spansOf(world, cwd, signal);
    if (run >= 0) spans.push(ms);
    await sleep(50, undefined, { signal });
  }
  await client.execution.turnAuto({ on: false });
  const totals = spans.map((each) => each.reduce((one, other) => one + other, 0));
  const told = (samples: readonly number[]) =>
    [0.5, 0.95, 1].map((share) => percentile(samples, share).toFixed(0)).join(" / ");
  for (const [at, name] of [
    "created to routed",
    "opened to prompted",
    "turn's end to done",
  ].entries())
    say(`  ${name}: p50 / p95 / max ${told(spans.map((each) => each[at] ?? Number.NaN))} ms`);
  const value = percentile(totals, 0.95);
  return [atMost({ name: "task: what executing one takes, p95", value, unit: "ms" }, TARGET_MS)];
}

/** By the times of the journal's events. */
async function spansOf(world: World, cwd: string, signal: AbortSignal): Promise<number[]> {
  const client = world.client();
  const seen: JournalEvent[] = [];
  const over = new AbortController();
  const events = client.events({ signal: AbortSignal.any([signal, over.signal]) });
  const collected = collect(events, seen).catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  // It follows from here on, and what comes before is not missed: the task is created after it.
  await sleep(50, undefined, { signal });
  const asked = {
    title: "bench",
    prompt: "do:slow 0.3\ndo:say done",
    execution: { cwd },
  };
  const [created] = await client.tasks.create([asked]);
  const id = created?.task.id;
  while (!seen.some(({ type, subject }) => type === "task.freed" && subject === id))
    await sleep(5, undefined, { signal });
  over.abort();
  await collected;
  const at = (type: string): number => {
    const found = seen.find(
      (each) => each.type === type && (type.startsWith("task.") ? each.subject === id : true),
    );
    return found?.time ?? Number.NaN;
  };
  return [
    at("task.routed") - at("task.created"),
    at("message.queued") - at("task.opened"),
    at("task.completed") - at("turn.ended"),
  ];
}

async function collect(
  events: ReturnType<ReturnType<World["client"]>["events"]>,
  seen: JournalEvent[],
): Promise<void> {
  for await (const event of events) if (!isReset(event)) seen.push(event);
}
