import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launchScript } from "../../src/drivers/tmux/launch.ts";
import type { Bench } from "../bench.ts";
import { atMostShare, type Result } from "../result.ts";
import { median } from "../stats.ts";
import type { World } from "../world.ts";

const RUNS = 7;
const QUICK_RUNS = 3;
const WINDOWS = 50;
const MOST_SHARE = 1.5;
const NONCE = "0123456789abcdef0123456789abcdef";
/** Until the windows of before have come to rest, so that one way does not pay for the other. */
const SETTLE_MS = 2_000;

/** A program that costs nothing, so that what is measured is tmux and us. */
const PROVIDER = `name: resting
displayName: Does nothing
verified: false
command: sleep
args: ["100000"]
foreground: [sleep]
stableMs: 1000
submit: { guard: "" }
interrupt: [C-c]
exit: { keys: [C-c] }
rules: []
`;

/** A team of 50 against one call of tmux that makes the same windows. */
export async function measureLaunch(bench: Bench): Promise<Result[]> {
  const { world, say, signal } = bench;
  const { channel } = (await world.client().status()).tmux;
  writeFileSync(join(world.paths.providers, "resting.yaml"), PROVIDER);
  // A daemon knows the providers that it started with; the first launch warms it.
  await world.startDaemon(channel);
  await launchTeam(world, "warm", WINDOWS);
  await sleep(SETTLE_MS, undefined, { signal });
  await end(world, "warm");
  const ours: number[] = [];
  const raw: number[] = [];
  for (let run = 1; run <= (bench.isQuick ? QUICK_RUNS : RUNS); run += 1) {
    ours.push(await timed(() => launchTeam(world, `ours${run}`, WINDOWS)));
    await sleep(SETTLE_MS, undefined, { signal });
    await end(world, `ours${run}`);
    await sleep(SETTLE_MS, undefined, { signal });
    raw.push(await timed(rawCall(world, `raw${run}`)));
    await sleep(SETTLE_MS, undefined, { signal });
    await world.tmux("kill-session", "-t", `=raw${run}`);
    await sleep(SETTLE_MS, undefined, { signal });
  }
  say(`  ours ${ours.map(Math.round).join(", ")} ms; raw ${raw.map(Math.round).join(", ")} ms`);
  const value = median(ours);
  const figure = { name: `launch: ${WINDOWS} windows, rows committed`, value, unit: "ms", channel };
  return [atMostShare(figure, MOST_SHARE, median(raw))];
}

async function end(world: World, session: string): Promise<void> {
  // Without it, the server would end with its last session.
  await world.keepServer();
  await world.client().shutdown({ session, all: false });
}

async function launchTeam(world: World, session: string, count: number): Promise<void> {
  const agents = names(count).map((name) => ({ name, provider: "resting" }));
  const outcome = await world.client().launchTeam({
    file: join(world.folder, "team.yaml"),
    text: JSON.stringify({ session, agents }),
    env: { ...world.env },
  });
  if (outcome.launched.length !== count) throw new Error(`launch: ${JSON.stringify(outcome)}`);
}

/**
 * One tmux that makes the same windows, running the same scripts, which are written beforehand. It reads
 * its commands from a file, since a command line holds at most 16 kB.
 */
function rawCall(world: World, session: string): () => Promise<unknown> {
  const at = `-t '=${session}:{end}'`;
  const lines = names(WINDOWS).flatMap((name, index) => {
    const make =
      index === 0 ? `new-session -d -x 160 -y 50 -s ${session}` : `new-window -d -a ${at}`;
    const logPath = join(world.folder, `${session}-${name}.log`);
    const script = join(world.folder, `${session}-${name}.sh`);
    const pane = {
      session,
      terminalId: name,
      name,
      cwd: world.folder,
      argv: ["sleep", "100000"],
      logPath,
    };
    const env = {
      ...world.env,
      CONDUCTOR_TERMINAL_ID: name,
      CONDUCTOR_URL: "-",
      CONDUCTOR_TOKEN: "-",
    };
    writeFileSync(script, launchScript({ ...pane, env }, script, NONCE));
    return [
      `${make} -n ${name} -- sh ${script}`,
      `resize-window ${at} -x 160 -y 50`,
      `set-option -p ${at} @raw_terminal ${name}`,
      `set-option -p ${at} @raw_launch '["${session}","${NONCE}","sleep","${logPath}"]'`,
      `pipe-pane -o ${at} 'exec cat >> ${logPath}'`,
    ];
  });
  const file = join(world.folder, `${session}.conf`);
  writeFileSync(file, `${lines.join("\n")}\n`);
  return () => world.tmux("source-file", file);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `w${index + 1}`);
}
