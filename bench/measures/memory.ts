import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, FLEET_SIZE } from "../bench.ts";
import { observe } from "../observe.ts";
import { residentKB } from "../processes.ts";
import { atMost, type Result } from "../result.ts";
import { World } from "../world.ts";

const MOST_MB = 1;
const SETTLE_MS = 1_000;
const SECONDS = 10;

/** What each agent costs the daemon: with the fleet at work against a daemon that has none. */
export async function measureMemory(bench: Bench): Promise<Result[]> {
  const { world, signal, say } = bench;
  const emptyKB = await withoutAgents(signal);
  const fleet = await bench.fleet();
  const { channel } = (await world.client().status()).tmux;
  const { agents } = fleet;
  await observe({ fleet, agents, seconds: SECONDS, pid: world.daemonPid, signal });
  const fullKB = residentKB(world.daemonPid);
  say(
    `  ${(emptyKB / 1024).toFixed(0)} MB alone, ${(fullKB / 1024).toFixed(0)} MB with ${FLEET_SIZE}`,
  );
  const value = (fullKB - emptyKB) / 1024 / FLEET_SIZE;
  return [atMost({ name: "memory: daemon, for each agent", value, unit: "MB", channel }, MOST_MB)];
}

async function withoutAgents(signal: AbortSignal): Promise<number> {
  const world = new World(signal);
  try {
    await world.startDaemon("pty");
    await sleep(SETTLE_MS, undefined, { signal });
    return residentKB(world.daemonPid);
  } finally {
    await world[Symbol.asyncDispose]();
  }
}
