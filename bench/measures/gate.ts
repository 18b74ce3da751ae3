import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Bench } from "../bench.ts";
import { type Agent, Fleet } from "../fleet.ts";
import { atMost, type Result } from "../result.ts";
import { median } from "../stats.ts";
import type { World } from "../world.ts";

const RUNS = 400;
const QUICK_RUNS = 60;
/** Until all that is read stands in memory and the daemon's code is compiled. */
const WARM_UP = 100;
const SHELL_MS = 1.5;
const SHIM_MS = 6;

/**
 * What the gate adds to one shell, and to one program that has a shim: each call right after the same one
 * without the gate, by a shell, since Node takes longer to start a process than is measured here.
 */
export async function measureGate({ world, isQuick }: Bench): Promise<Result[]> {
  const { agents } = await Fleet.launch(world, "gate", 1);
  const [agent] = agents;
  if (agent === undefined) throw new Error("no agent");
  const place = { cwd: world.folder, env: await environmentOf(world, agent) };
  const count = isQuick ? QUICK_RUNS : RUNS;
  const shell = added(place, count, "/bin/bash -c true", "BASH_ENV= /bin/bash -c true");
  const shim = added(place, count, "chmod +x none", "/bin/chmod +x none");
  await world.endSessions("gate");
  const figure = (name: string, value: number) => ({ name, value, unit: "ms" });
  return [
    atMost(figure("gate: added to bash -c true", shell), SHELL_MS),
    atMost(figure("gate: added to a program with a shim", shim), SHIM_MS),
  ];
}

/** Of the agent's own process: the child of the one that tmux started. */
async function environmentOf(world: World, agent: Agent): Promise<Record<string, string>> {
  const pane = (
    await world.tmux("display-message", "-p", "-t", agent.paneId, "#{pane_pid}")
  ).trim();
  const child = readFileSync(`/proc/${pane}/task/${pane}/children`, "utf8").split(" ")[0];
  const pairs = readFileSync(`/proc/${child}/environ`, "utf8").split("\0").filter(Boolean);
  const env = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  if (env["CONDUCTOR_GATE"] !== "guard") throw new Error(`${agent.name} runs without the gate`);
  return env;
}

/** The median of the differences, in milliseconds. */
function added(
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  count: number,
  gated: string,
  plain: string,
): number {
  const script = `for ((run = 0; run < ${count + WARM_UP}; run++)); do
    a=$EPOCHREALTIME; ${gated} 2>/dev/null; b=$EPOCHREALTIME; ${plain} 2>/dev/null; c=$EPOCHREALTIME
    echo $((\${b/./} - \${a/./})) $((\${c/./} - \${b/./}))
  done`;
  // With -p it reads no BASH_ENV itself.
  const args = ["--norc", "-p", "-c", script];
  const ran = spawnSync("/bin/bash", args, { ...place, encoding: "utf8", maxBuffer: 1 << 24 });
  const rows = ran.stdout.trim().split("\n").slice(WARM_UP);
  if (rows.length !== count) throw new Error(`the gate was not measured: ${ran.stderr}`);
  const differences = rows.map((row) => {
    const [with_ = Number.NaN, without = Number.NaN] = row.split(" ").map(Number);
    return (with_ - without) / 1_000;
  });
  return median(differences);
}
