import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
const STARTS = 60;
const QUICK_STARTS = 15;
const SANDBOX_MS = 30;

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
  const contained = await addedBySandbox(world, isQuick ? QUICK_STARTS : STARTS);
  const figure = (name: string, value: number) => ({ name, value, unit: "ms" });
  return [
    atMost(figure("gate: added to bash -c true", shell), SHELL_MS),
    atMost(figure("gate: added to a program with a shim", shim), SHIM_MS),
    atMost(figure("gate: added to an agent's start by its sandbox", contained), SANDBOX_MS),
  ];
}

/** A program started in the sandbox of a contained agent, by the very words of that agent's launch. */
async function addedBySandbox(world: World, count: number): Promise<number> {
  const cwd = mkdtempSync(join(world.folder, "contained-"));
  const env = { ...world.env };
  const asked = { session: "contained", provider: "shell", gate: "contain", cwd, env } as const;
  const { launched } = await world.client().launch(asked);
  const child = await childOf(world, launched[0]?.paneId ?? "");
  const words = readFileSync(`/proc/${child}/cmdline`, "utf8").split("\0");
  const enter = words.slice(0, words.indexOf("--") + 1).map((word) => `'${word}'`);
  const gated = `${enter.join(" ")} /bin/true`;
  const value = added({ cwd, env }, count, gated, "/bin/true");
  await world.endSessions("contained");
  return value;
}

async function childOf(world: World, paneId: string): Promise<string> {
  const pane = (await world.tmux("display-message", "-p", "-t", paneId, "#{pane_pid}")).trim();
  return readFileSync(`/proc/${pane}/task/${pane}/children`, "utf8").split(" ")[0] ?? "";
}

/** Of the agent's own process: the child of the one that tmux started. */
async function environmentOf(world: World, agent: Agent): Promise<Record<string, string>> {
  const child = await childOf(world, agent.paneId);
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
