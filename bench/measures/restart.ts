import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import type { Fleet } from "../fleet.ts";
import { listen } from "../product-status.ts";
import { atMost, type Result } from "../result.ts";
import { median } from "../stats.ts";

const RUNS = 5;
const QUICK_RUNS = 2;
const MOST_MS = 1_000;
const HEARD_MS = 5_000;
/** Until the turns that were begun are over. */
const CALM_MS = 2_500;

/** From the start of a daemon after `kill -9` until it knows all agents, and until it hears from them again. */
export async function measureRestart(bench: Bench): Promise<Result[]> {
  const { world, say } = bench;
  const fleet = await bench.fleet();
  const { channel } = (await world.client().status()).tmux;
  const known: number[] = [];
  const live: number[] = [];
  for (let run = 0; run < (bench.isQuick ? QUICK_RUNS : RUNS); run += 1) {
    await world.stopDaemon("SIGKILL");
    const from = performance.now();
    await world.startDaemon("pty");
    await untilKnown(bench, fleet);
    known.push(performance.now() - from);
    await untilHeard(bench, fleet);
    live.push(performance.now() - from);
    await sleep(CALM_MS, undefined, { signal: bench.signal });
  }
  say(
    `  known after ${known.map(Math.round).join(", ")} ms; live after ${live.map(Math.round).join(", ")} ms`,
  );
  const figure = (name: string, value: number) => ({ name, value, unit: "ms", channel });
  return [atMost(figure("restart: 100 agents known and live", median(live)), MOST_MS)];
}

async function untilKnown({ world, signal }: Bench, fleet: Fleet): Promise<void> {
  const client = world.client();
  for (;;) {
    const idle = (await client.terminals()).filter(({ status }) => status === "idle");
    const ids = new Set(idle.map(({ id }) => id));
    if (fleet.agents.every(({ id }) => ids.has(id))) return;
    await sleep(2, undefined, { signal });
  }
}

/** All agents begin a turn at once, and every one of these changes is heard. */
async function untilHeard({ world, signal }: Bench, fleet: Fleet): Promise<void> {
  const listening = await listen(world, signal);
  const deadline = performance.now() + HEARD_MS;
  for (const agent of fleet.agents) fleet.submit(agent, "do:slow 1");
  const heard = () => new Set(listening.heard.map(({ key }) => key)).size;
  while (heard() < fleet.agents.length && performance.now() < deadline) {
    await sleep(1, undefined, { signal });
  }
  await listening.stop();
  if (heard() < fleet.agents.length) throw new Error(`heard of ${heard()} agents only`);
}
