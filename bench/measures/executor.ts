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

const SPANS = ["created to routed", "opened to prompted", "turn's end to done, without evidence"];

/**
 * What the daemon itself takes for a task that it does, by the times of the journal's events: neither delivery nor git
 * nor the agent's turn, nor the evidence, of which `task.evidenced` says how long it took.
 */
export async function measureExecutor({ world, isQuick, say, signal }: Bench): Promise<Result[]> {
  await installSeatedProvider(world, "tasked");
  const client = world.client();
  await client.registerAgent({ name: "tasked", provider: "tasked" });
  await client.execution.turnAuto({ on: true });
  const runs = isQuick ? QUICK_RUNS : RUNS;
  const cwd = mkdtempSync(join(world.folder, "task-"));
  const seen: JournalEvent[] = [];
  const over = new AbortController();
  const events = client.events({ signal: AbortSignal.any([signal, over.signal]) });
  const collected = collect(events, seen).catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  // It follows from here on, and what comes before is not missed: the tasks are created after it.
  await sleep(50, undefined, { signal });
  const found: Spans[] = [];
  // The first launches the terminal that the others find.
  for (let run = -1; run < runs; run += 1) {
    const spans = await spansOf(world, { cwd, seen, signal });
    if (run >= 0) found.push(spans);
    await sleep(50, undefined, { signal });
  }
  over.abort();
  await collected;
  await client.execution.turnAuto({ on: false });
  const told = (samples: readonly number[]) =>
    [0.5, 0.95, 1].map((share) => percentile(samples, share).toFixed(0)).join(" / ");
  for (const [at, name] of SPANS.entries())
    say(`  ${name}: p50 / p95 / max ${told(found.map(({ own }) => own[at] ?? Number.NaN))} ms`);
  say(`  evidence: p50 / p95 / max ${told(found.map(({ evidence }) => evidence))} ms`);
  const totals = found.map(({ own }) => own.reduce((one, other) => one + other, 0));
  const value = percentile(totals, 0.95);
  say(`  in all: p50 / p95 / max ${told(totals)} ms`);
  return [atMost({ name: "task: what executing one takes, p95", value, unit: "ms" }, TARGET_MS)];
}

interface Spans {
  readonly own: readonly number[];
  readonly evidence: number;
}

interface Run {
  readonly cwd: string;
  /** All that the stream told since the measure began. */
  readonly seen: readonly JournalEvent[];
  readonly signal: AbortSignal;
}

async function spansOf(world: World, { cwd, seen, signal }: Run): Promise<Spans> {
  const from = seen.length;
  const asked = { title: "bench", prompt: "do:slow 0.3\ndo:say done", execution: { cwd } };
  const [created] = await world.client().tasks.create([asked]);
  const id = created?.task.id;
  while (!seen.some(({ type, subject }) => type === "task.freed" && subject === id))
    await sleep(5, undefined, { signal });
  const own = seen.slice(from);
  const the = (type: string): JournalEvent => {
    const isOf = ({ subject }: JournalEvent) => !type.startsWith("task.") || subject === id;
    const event = own.find((each) => each.type === type && isOf(each));
    if (event === undefined) throw new Error(`no ${type} was told of the task`);
    return event;
  };
  const evidence = Number(the("task.evidenced").data["ms"]);
  return {
    own: [
      the("task.routed").time - the("task.created").time,
      the("message.queued").time - the("task.opened").time,
      the("task.completed").time - the("turn.ended").time - evidence,
    ],
    evidence,
  };
}

async function collect(
  events: ReturnType<ReturnType<World["client"]>["events"]>,
  seen: JournalEvent[],
): Promise<void> {
  for await (const event of events) if (!isReset(event)) seen.push(event);
}
