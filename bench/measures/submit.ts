import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import type { Agent, Fleet } from "../fleet.ts";
import { atMost, type Result } from "../result.ts";
import { percentile } from "../stats.ts";

const RUNS = 50;
const QUICK_RUNS = 10;
const MOST_MS = 100;
const PAUSE_MS = 100;
/** A turn that never seemed to run is over after this long. */
const CALM_MS = 200;

/** How soon a message is with an agent that can take it. */
export async function measureSubmit(bench: Bench): Promise<Result[]> {
  const { world, isQuick, say } = bench;
  const fleet = await bench.fleet();
  const { channel } = (await world.client().status()).tmux;
  const queued: number[] = [];
  const sent: number[] = [];
  for (let run = 0; run < (isQuick ? QUICK_RUNS : RUNS); run += 1) {
    const agent = fleet.agents[run % fleet.agents.length];
    if (agent === undefined) throw new Error("no agents");
    queued.push(await whileBusy(bench, fleet, agent));
    sent.push(await whileIdle(bench, fleet, agent));
  }
  const late = (samples: readonly number[]) =>
    [0.5, 0.95, 1].map((share) => percentile(samples, share).toFixed(1)).join(" / ");
  say(`  p50 / p95 / max: queued ${late(queued)} ms, to an idle agent ${late(sent)} ms`);
  const p95 = (name: string, samples: readonly number[]) =>
    atMost({ name, value: percentile(samples, 0.95), unit: "ms", channel }, MOST_MS);
  return [
    p95("submit: idle to submitted, p95", queued),
    p95("submit: sent to submitted, p95", sent),
  ];
}

/** From the agent having drawn that it is idle to its having taken in the message that waits. */
async function whileBusy({ world, signal }: Bench, fleet: Fleet, agent: Agent): Promise<number> {
  const busy = fleet.next(agent, "working");
  fleet.submit(agent, "do:slow 0.3");
  await busy;
  const idle = fleet.next(agent, "idle");
  await world.client().send({ to: agent.id, body: "do:say queued", mode: "when-idle" });
  const from = await idle;
  const at = await fleet.next(agent, "working");
  await fleet.next(agent, "idle");
  await sleep(CALM_MS, undefined, { signal });
  return at - from;
}

async function whileIdle({ world, signal }: Bench, fleet: Fleet, agent: Agent): Promise<number> {
  const taken = fleet.next(agent, "working");
  const from = performance.timeOrigin + performance.now();
  await world.client().send({ to: agent.id, body: "do:say at once", mode: "when-idle" });
  const at = await taken;
  await fleet.next(agent, "idle");
  await sleep(PAUSE_MS, undefined, { signal });
  return at - from;
}
