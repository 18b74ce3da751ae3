/** Tells whether a measure had the machine to itself. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { treeCpuMs } from "./processes.ts";
import type { World } from "./world.ts";

const TICK_MS = 10;

/** Begins to watch; what it returns says what share of the machine others have used since. */
export async function watchOthers(world: World): Promise<() => Promise<number>> {
  const before = await usage(world);
  return async () => {
    const after = await usage(world);
    const allMs = (after.at - before.at) * availableParallelism();
    return Math.max(0, (after.busyMs - before.busyMs - (after.ownMs - before.ownMs)) / allMs);
  };
}

async function usage(world: World): Promise<{ at: number; busyMs: number; ownMs: number }> {
  // The server and its panes are no children of ours.
  const server = Number(
    await world.tmux("display-message", "-p", "#{pid}").catch(() => Number.NaN),
  );
  const serverMs = Number.isNaN(server) ? 0 : treeCpuMs(server);
  return { at: performance.now(), busyMs: busyMs(), ownMs: treeCpuMs(process.pid) + serverMs };
}

/** All the machine's processors, since it started. */
function busyMs(): number {
  const [, ...fields] = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "").split(/\s+/);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields.map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_MS;
}
