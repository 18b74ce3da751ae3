import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, FLEET_SIZE } from "../bench.ts";
import { Fleet, installLightProvider } from "../fleet.ts";
import { observe } from "../observe.ts";
import { isNode, residentKB, treeOf } from "../processes.ts";
import { atMost, type Result } from "../result.ts";
import { World } from "../world.ts";

const MOST_MB = 1;
const TEAM_SIZE = 24;
const MOST_TEAM_MB = 150;
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
  return [
    atMost({ name: "memory: daemon, for each agent", value, unit: "MB", channel }, MOST_MB),
    ...(await ofTeam(signal)),
  ];
}

/** A large team at work, in a world of its own; and what runs of ours for each of it. */
async function ofTeam(signal: AbortSignal): Promise<Result[]> {
  const world = new World(signal);
  try {
    installLightProvider(world);
    const { tmux } = await (await world.startDaemon("pty")).status();
    const fleet = await Fleet.launch(world, "team", TEAM_SIZE);
    const { agents } = fleet;
    await observe({ fleet, agents, seconds: SECONDS, pid: world.daemonPid, signal });
    const value = residentKB(world.daemonPid) / 1024;
    const { channel } = tmux;
    const name = `memory: daemon with ${TEAM_SIZE} agents`;
    const panes = (await world.tmux("list-panes", "-a", "-F", "#{pane_pid}")).split(/\s+/);
    const ours = panes.filter(Boolean).flatMap((pid) => treeOf(Number(pid)).filter(isNode));
    const extra = { name: "memory: Node processes of ours, all agents", unit: "", channel };
    return [
      atMost({ name, value, unit: "MB", channel }, MOST_TEAM_MB),
      atMost({ ...extra, value: ours.length }, 0),
    ];
  } finally {
    await world[Symbol.asyncDispose]();
  }
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
