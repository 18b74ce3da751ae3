/** Keeps a fleet busy and notes what its agents draw. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Agent, Fleet } from "./fleet.ts";
import type { Sighting } from "./latency.ts";
import { treeCpuMs } from "./processes.ts";

const CYCLE_MS = 2_000;
/** Until what was drawn last has been heard of, also by a slow listener. */
const AFTERMATH_MS = 2_500;
const WARM_MS = 1_500;

export interface Observed {
  readonly drawn: readonly Sighting[];
  /** Of one core, in percent. */
  readonly cpuPercent: number;
}

export interface Observation {
  readonly fleet: Fleet;
  readonly agents: readonly Agent[];
  readonly seconds: number;
  /** The process that listens: its CPU is counted with that of its children. */
  readonly pid: number;
  readonly signal: AbortSignal;
}

/** Every agent works for about a second, is idle for about one, and so on, all out of step. */
export async function observe(asked: Observation): Promise<Observed> {
  const { fleet, agents, signal } = asked;
  const watched = new Map(agents.map((agent) => [agent.tty, agent.id]));
  const drawn: Sighting[] = [];
  const over = new AbortController();
  const busy = agents.map((agent) =>
    keepBusy(fleet, agent, AbortSignal.any([over.signal, signal])),
  );
  await sleep(WARM_MS, undefined, { signal });
  const stop = fleet.changes(({ at, tty, mode }) => {
    const key = watched.get(tty);
    if (key !== undefined) drawn.push({ at, key, mode });
  });
  const cpuMs = treeCpuMs(asked.pid);
  const from = performance.now();
  await sleep(asked.seconds * 1000, undefined, { signal });
  const usedMs = treeCpuMs(asked.pid) - cpuMs;
  const tookMs = performance.now() - from;
  over.abort();
  await Promise.all(busy);
  await sleep(AFTERMATH_MS, undefined, { signal });
  stop();
  return { drawn, cpuPercent: (usedMs / tookMs) * 100 };
}

async function keepBusy(fleet: Fleet, agent: Agent, signal: AbortSignal): Promise<void> {
  const wait = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
  await wait(Math.random() * CYCLE_MS);
  while (!signal.aborted) {
    fleet.submit(agent, "do:slow 0.7");
    await wait(CYCLE_MS * (0.9 + Math.random() * 0.2));
  }
}
