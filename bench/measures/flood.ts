import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { Fleet } from "../fleet.ts";
import { latencies } from "../latency.ts";
import { observe } from "../observe.ts";
import { listen } from "../product-status.ts";
import { atMost, type Channel, type Result } from "../result.ts";
import { percentile } from "../stats.ts";

const SECONDS = 15;
const QUICK_SECONDS = 5;
const FLOODING = 10;
const MB_PER_SECOND = 1;
const MOST_MS = 100;
/** Around what is measured: warming up, and hearing the last of it. */
const MARGIN_SECONDS = 4;

/** The quiet ones must not suffer from those that flood. */
export async function measureFlood(bench: Bench): Promise<Result[]> {
  const { world } = bench;
  const fleet = await bench.fleet();
  // A driver of their own: who writes 10 MB/s cannot tell exactly when it drew something.
  const loud = await Fleet.launch(world, "flood", FLOODING);
  const results: Result[] = [];
  for (const channel of ["pipes", "pty"] as const) {
    results.push(await flooded(bench, { fleet, loud, channel }));
  }
  await world.endSessions("flood");
  return results;
}

async function flooded(
  bench: Bench,
  { fleet, loud, channel }: { fleet: Fleet; loud: Fleet; channel: Channel },
): Promise<Result> {
  const { world, signal, say } = bench;
  await world.startDaemon(channel);
  const listening = await listen(world, signal);
  const seconds = bench.isQuick ? QUICK_SECONDS : SECONDS;
  const prompt = `do:flood ${MB_PER_SECOND} ${seconds + MARGIN_SECONDS}`;
  for (const agent of loud.agents) loud.submit(agent, prompt);
  const agents = fleet.agents.slice(FLOODING);
  const observed = await observe({ fleet, agents, seconds, pid: world.daemonPid, signal });
  await listening.stop();
  const { ms, missedMs } = latencies(observed.drawn, listening.heard);
  const p99 = percentile([...ms, ...missedMs], 0.99);
  say(
    `  ${channel}: ${observed.drawn.length} changes, ${missedMs.length} missed, p99 ${p99.toFixed(1)} ms, CPU ${observed.cpuPercent.toFixed(1)} %`,
  );
  await sleep(MARGIN_SECONDS * 1000, undefined, { signal });
  return atMost(
    { name: "flood: p99, 90 agents beside 10 MB/s", value: p99, unit: "ms", channel },
    MOST_MS,
  );
}
