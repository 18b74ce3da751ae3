import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { Fleet } from "../fleet.ts";
import { atMostShare, type Result } from "../result.ts";
import { median } from "../stats.ts";
import { node, root, type World } from "../world.ts";

const RUNS = 60;
const QUICK_RUNS = 15;
const TEAM_SIZE = 4;
const conductor = join(root, "bin/conductor");

/** How long the commands that are typed the most take, next to a Node that does nothing. */
export async function measureCli({ world, isQuick }: Bench): Promise<Result[]> {
  const { channel } = (await world.client().status()).tmux;
  await Fleet.launch(world, "cli", TEAM_SIZE);
  const times = { nothing: [] as number[], version: [] as number[], ls: [] as number[] };
  for (let run = 0; run < (isQuick ? QUICK_RUNS : RUNS); run += 1) {
    times.nothing.push(timed(world, node, ["-e", "0"]));
    times.version.push(timed(world, conductor, ["--version"]));
    times.ls.push(timed(world, conductor, ["ls"]));
  }
  await world.endSessions("cli");
  const nothing = median(times.nothing);
  const figure = (name: string, value: number) => ({ name, value, unit: "ms" });
  return [
    atMostShare(figure("cli: conductor --version", median(times.version)), 1.6, nothing),
    atMostShare({ ...figure("cli: conductor ls", median(times.ls)), channel }, 2.2, nothing),
  ];
}

function timed(world: World, file: string, args: readonly string[]): number {
  const from = performance.now();
  const { status } = spawnSync(file, args, { env: { ...world.env }, cwd: world.folder });
  if (status !== 0) throw new Error(`${file} ${args.join(" ")} exited with ${String(status)}`);
  return performance.now() - from;
}
