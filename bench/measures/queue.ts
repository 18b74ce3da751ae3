import { Lifetime } from "../../src/base/lifetime.ts";
import type { Bench } from "../bench.ts";
import { peer, startPostgres } from "../postgres.ts";
import {
  AT_ONCE,
  bossQueue,
  type OwnQueue,
  ownQueue,
  postgresQueue,
  type Queue,
} from "../queues.ts";
import { atMost, atMostShare, type Result } from "../result.ts";
import { percentile } from "../stats.ts";

/** In turns, so that a slow minute of the disk is everybody's. */
const ROUNDS = 6;
const OPERATIONS = 160;
const QUICK_OPERATIONS = 32;
const STEPS = ["enqueue", "claim", "complete"] as const;
const WAITING = 100_000;
const QUICK_WAITING = 10_000;
const BATCH = 1_000;
const CLAIMS = 1_000;

/** What a task costs until it is on the disk, beside the same rows in Postgres and beside pg-boss. */
export function measureQueue(bench: Bench): Promise<Result[]> {
  return Lifetime.run(async (lifetime) => {
    const own = ownQueue(lifetime);
    const others = await baselines(bench, lifetime);
    const rows: Result[] = [];
    for (const callers of [1, AT_ONCE]) {
      const figures = await inTurns(bench, [own, ...others], callers);
      for (const other of others)
        for (const step of STEPS) {
          const name = `queue: ${step}, ${callers} at a time, beside ${other.name}`;
          const value = figures(own.name, step);
          const share = other.name === "pg-boss" ? 1 / 2 : 1 / 1.5;
          rows.push(atMostShare({ name, value, unit: "ms" }, share, figures(other.name, step)));
        }
    }
    return [...rows, await claimFromMany(bench, own)];
  });
}

/** What is not there is left out, and said. */
async function baselines({ modules, say }: Bench, lifetime: Lifetime): Promise<Queue[]> {
  const postgres = await startPostgres(lifetime);
  if (postgres === undefined)
    say("  skipped: no Postgres here (Debian: apt-get install postgresql)");
  if (postgres === undefined) return [];
  say(`  ${postgres.version}`);
  const found: Queue[] = [];
  for (const [name, open] of [
    ["pg", postgresQueue],
    ["pg-boss", bossQueue],
  ] as const) {
    const loaded = await peer(modules, name);
    if (loaded === undefined)
      say(`  skipped: no ${name} in ${modules} (npm install --no-save ${name})`);
    else found.push(await open(loaded, postgres, lifetime));
  }
  return found;
}

type Figures = (queue: string, step: (typeof STEPS)[number]) => number;

/** The time that one operation takes of all, however many are under way. */
async function inTurns(
  { isQuick, say }: Bench,
  queues: readonly Queue[],
  callers: number,
): Promise<Figures> {
  const times = Math.ceil((isQuick ? QUICK_OPERATIONS : OPERATIONS) / callers);
  const samples = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const step of STEPS)
      for (const queue of queues) {
        const together = async (): Promise<void> =>
          void (await Promise.all(Array.from({ length: callers }, () => queue[step](1))));
        const ms = (await timed(times, together)).map((all) => all / callers);
        const key = `${queue.name} ${step}`;
        // The first round warms up caches, plans and code.
        samples.set(key, round === 0 ? [] : [...(samples.get(key) ?? []), ...ms]);
      }
  const figures: Figures = (queue, step) => mean(samples.get(`${queue} ${step}`) ?? []);
  for (const { name } of queues)
    say(
      `  ${name}, ${callers} at a time: ${STEPS.map((step) => `${step} ${figures(name, step).toFixed(3)} ms`).join(", ")}`,
    );
  return figures;
}

async function timed(times: number, work: () => Promise<void>): Promise<number[]> {
  const ms: number[] = [];
  for (let left = times; left > 0; left -= 1) {
    const from = performance.now();
    await work();
    ms.push(performance.now() - from);
  }
  return ms;
}

function mean(samples: readonly number[]): number {
  return samples.reduce((sum, one) => sum + one, 0) / samples.length;
}

async function claimFromMany({ isQuick, say }: Bench, own: OwnQueue): Promise<Result> {
  const waiting = isQuick ? QUICK_WAITING : WAITING;
  for (let left = waiting; left > 0; left -= BATCH) await own.enqueue(BATCH);
  const ms = await timed(CLAIMS, () => own.claim());
  say(`  of ${waiting} queued: p50 ${percentile(ms, 0.5).toFixed(2)} ms`);
  const name = `queue: claim with ${waiting} queued, p99`;
  return atMost({ name, value: percentile(ms, 0.99), unit: "ms" }, 5);
}
