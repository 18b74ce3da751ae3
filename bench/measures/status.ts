import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Bench } from "../bench.ts";
import type { Fleet } from "../fleet.ts";
import { type Latencies, latencies, type Sighting } from "../latency.ts";
import { observe } from "../observe.ts";
import { listen } from "../product-status.ts";
import { atMostShare, type Channel, type Result } from "../result.ts";
import { percentile } from "../stats.ts";
import { node } from "../world.ts";

const SECONDS = 20;
const QUICK_SECONDS = 5;

interface Seen extends Latencies {
  readonly cpuPercent: number;
}

/** From a drawn change to a client hearing of it, and what that costs. */
export async function measureStatus(bench: Bench): Promise<Result[]> {
  const fleet = await bench.fleet();
  const seen = new Map<Channel, Seen>();
  for (const channel of ["pipes", "pty"] as const) {
    seen.set(channel, await productSeen(bench, fleet, channel));
  }
  await bench.world.stopDaemon();
  const naive = await pollerSeen(bench, fleet);
  await bench.world.startDaemon("pty");
  return [...seen].flatMap(([channel, ours]) => compare(channel, ours, naive));
}

function compare(channel: Channel, ours: Seen, naive: Seen): Result[] {
  // A change that we miss counts with all of its time, one that the poller misses not at all.
  const ourMs = [...ours.ms, ...ours.missedMs];
  const figure = (name: string, value: number, unit: string) => ({
    name: `status: ${name}, 100 agents`,
    value,
    unit,
    channel,
  });
  return [
    atMostShare(figure("p50", percentile(ourMs, 0.5), "ms"), 1 / 50, percentile(naive.ms, 0.5)),
    atMostShare(figure("p99", percentile(ourMs, 0.99), "ms"), 1 / 20, percentile(naive.ms, 0.99)),
    atMostShare(figure("CPU", ours.cpuPercent, "%"), 1 / 3, naive.cpuPercent),
  ];
}

async function productSeen(bench: Bench, fleet: Fleet, channel: Channel): Promise<Seen> {
  const { world, signal } = bench;
  await world.startDaemon(channel);
  const listening = await listen(world, signal);
  const pid = world.daemonPid;
  const observed = await observe({
    fleet,
    agents: fleet.agents,
    seconds: secondsOf(bench),
    pid,
    signal,
  });
  await listening.stop();
  return report(bench, channel, observed.drawn, listening.heard, observed.cpuPercent);
}

async function pollerSeen(bench: Bench, fleet: Fleet): Promise<Seen> {
  const { world, signal } = bench;
  const panes = new Map(fleet.agents.map(({ paneId, id }) => [paneId, id]));
  const file = fileURLToPath(import.meta.resolve("../poller.ts"));
  const poller = world.spawn(node, [file, world.socket, ...panes.keys()]);
  const heard: Sighting[] = [];
  if (poller.stdout === null || poller.pid === undefined) throw new Error("no poller");
  createInterface({ input: poller.stdout }).on("line", (line) => {
    const told: { at: number; pane: string; mode: string } = JSON.parse(line);
    heard.push({ at: told.at, key: panes.get(told.pane) ?? "", mode: told.mode });
  });
  const seconds = secondsOf(bench);
  const agents = fleet.agents;
  const observed = await observe({ fleet, agents, seconds, pid: poller.pid, signal });
  poller.kill();
  return report(bench, "poller", observed.drawn, heard, observed.cpuPercent);
}

function report(
  { say }: Bench,
  who: string,
  drawn: readonly Sighting[],
  heard: readonly Sighting[],
  cpuPercent: number,
): Seen {
  const found = latencies(drawn, heard);
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(found.ms, share).toFixed(2));
  say(
    `  ${who}: ${drawn.length} changes, ${found.missedMs.length} missed, p50 ${p50} ms, p99 ${p99} ms, CPU ${cpuPercent.toFixed(1)} %`,
  );
  return { ...found, cpuPercent };
}

function secondsOf({ isQuick }: Bench): number {
  return isQuick ? QUICK_SECONDS : SECONDS;
}
