import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { installSeatedProvider } from "../fleet.ts";
import { atMost, type Result } from "../result.ts";
import { percentile } from "../stats.ts";
import type { World } from "../world.ts";

const RUNS = 30;
const QUICK_RUNS = 6;
const WARM_MS = 300;
const FRESH_MS = 1_000;
/** What stands for the model: the worker's turn takes so long. */
const TURN_MS = 300;
const WAIT_MS = 30_000;

/** What a handoff takes beside its worker's own turn: launched for it, or idle from the one before. */
export async function measureHandoff({ world, isQuick, say, signal }: Bench): Promise<Result[]> {
  await installWorkers(world);
  const { channel } = (await world.client().status()).tmux;
  const runs = isQuick ? QUICK_RUNS : RUNS;
  const fresh: number[] = [];
  const warm: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    fresh.push(await overhead(world, "fresh-worker"));
    await sleep(50, undefined, { signal });
  }
  // The first launches the worker that the others find.
  await overhead(world, "warm-worker");
  for (let run = 0; run < runs; run += 1) {
    await sleep(50, undefined, { signal });
    warm.push(await overhead(world, "warm-worker"));
  }
  const told = (samples: readonly number[]) =>
    [0.5, 0.95, 1].map((share) => percentile(samples, share).toFixed(0)).join(" / ");
  say(`  p50 / p95 / max: warm ${told(warm)} ms, fresh ${told(fresh)} ms`);
  const p95 = (name: string, samples: readonly number[], target: number) =>
    atMost({ name, value: percentile(samples, 0.95), unit: "ms", channel }, target);
  return [
    p95("handoff: to a warm worker, p95", warm, WARM_MS),
    p95("handoff: to a fresh worker, p95", fresh, FRESH_MS),
  ];
}

/** From the call to its answer, less the worker's turn. */
async function overhead(world: World, profile: string): Promise<number> {
  const client = world.client();
  const from = performance.now();
  const { id } = await client.handOff({
    profile,
    message: `do:slow ${TURN_MS / 1_000}\ndo:say done`,
    session: "handoff",
    cwd: world.folder,
    env: { ...world.env },
  });
  const { state, error } = await client.handoff(id, WAIT_MS);
  const took = performance.now() - from;
  if (state !== "done") throw new Error(`handoff: ${state} ${error?.message ?? ""}`);
  while ((await client.handoff(id)).releasedAt === null) await sleep(5);
  return took - TURN_MS;
}

async function installWorkers(world: World): Promise<void> {
  await installSeatedProvider(world, "seated");
  mkdirSync(world.paths.profiles, { recursive: true });
  for (const [name, warm] of [
    ["fresh-worker", 0],
    ["warm-worker", 1],
  ] as const) {
    const head = `name: ${name}\ndescription: answers\nprovider: seated\nwarm: ${warm}`;
    writeFileSync(join(world.paths.profiles, `${name}.md`), `---\n${head}\n---\n`);
  }
  const isKnown = async () => {
    const names = (await world.client().profiles()).map(({ name }) => name);
    return names.includes("fresh-worker") && names.includes("warm-worker");
  };
  while (!(await isKnown())) await sleep(20);
}
