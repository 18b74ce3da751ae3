/** `npm run bench`: the product against its targets and against the naive way, in one run. See `--help`. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Lifetime } from "../src/base/lifetime.ts";
import { type Bench, lazyFleet, type Measure } from "./bench.ts";
import { buildIfStale } from "./build.ts";
import { installLightProvider } from "./fleet.ts";
import { describeMachine, loadNow } from "./machine.ts";
import { measureCli } from "./measures/cli.ts";
import { measureExecutor } from "./measures/executor.ts";
import { measureFlood } from "./measures/flood.ts";
import { measureGate } from "./measures/gate.ts";
import { measureGuard } from "./measures/guard.ts";
import { measureHandoff } from "./measures/handoff.ts";
import { measureLaunch } from "./measures/launch.ts";
import { measureMemory } from "./measures/memory.ts";
import { measureMessage } from "./measures/message.ts";
import { measureQueue } from "./measures/queue.ts";
import { measureRestart } from "./measures/restart.ts";
import { measureStatus } from "./measures/status.ts";
import { measureSubmit } from "./measures/submit.ts";
import { measureTaskFleet } from "./measures/task-fleet.ts";
import { installWritingProvider, measureTranscript } from "./measures/transcript.ts";
import { watchOthers } from "./others.ts";
import { markdown, type Report, textTable } from "./report.ts";
import type { Result } from "./result.ts";
import { root, World } from "./world.ts";

/** In this order: what needs a quiet machine first, what leaves a changed one last. */
const MEASURES: Readonly<Record<string, Measure>> = {
  cli: measureCli,
  guard: measureGuard,
  gate: measureGate,
  queue: measureQueue,
  launch: measureLaunch,
  message: measureMessage,
  status: measureStatus,
  flood: measureFlood,
  submit: measureSubmit,
  handoff: measureHandoff,
  executor: measureExecutor,
  transcript: measureTranscript,
  memory: measureMemory,
  "task-fleet": measureTaskFleet,
  restart: measureRestart,
};

/** A machine is quiet while others use no more of it than that. */
const QUIET_SHARE = 0.05;
const MOST_TRIES = 4;
/** What these count is the same on a busy machine, and they take long. */
const UNHURRIED: ReadonlySet<string> = new Set(["task-fleet"]);

const USAGE = `usage: npm run bench -- [--json] [--only NAME]… [--quick] [--write FILE]

  --json        one JSON object on stdout instead of the table
  --only NAME   measure only this: ${Object.keys(MEASURES).join(", ")}
  --quick       fewer samples: shows that it runs, the figures are rough
  --write FILE  also write the table as Markdown
  --modules DIR where pg and pg-boss are looked for, to compare the queue with (default: here)

Exits 0 when every target is met, 1 when one is not, 2 for a wrong call. Linux only.
A measure that others disturb is taken up to ${MOST_TRIES} times, and the quietest counts. Progress goes to stderr. Everything runs in a temporary home and on a private tmux server.
The queue is compared with Postgres and pg-boss where they are installed: the bench installs nothing, and says what it skipped.
  apt-get install postgresql; mkdir /tmp/peers; npm install --prefix /tmp/peers pg pg-boss; npm run bench -- --only queue --modules /tmp/peers
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === undefined) return 2;
  if (asked.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  buildIfStale();
  const machine = describeMachine();
  const names = asked.only ?? Object.keys(MEASURES);
  const results = await untilTold((lifetime) => runAll(lifetime, names, asked));
  if (results === undefined) return 130;
  const report: Report = { machine: { ...machine, loadAfter: loadNow() }, results };
  if (asked.write !== undefined) writeFileSync(asked.write, markdown(report));
  const text = asked.json === true ? JSON.stringify(report) : textTable(report);
  process.stdout.write(`${text}\n`);
  return results.every(({ met }) => met) ? 0 : 1;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: "boolean" },
        only: { type: "string", multiple: true },
        quick: { type: "boolean" },
        write: { type: "string" },
        modules: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    const unknown = values.only?.find((name) => !Object.hasOwn(MEASURES, name));
    if (unknown === undefined) return values;
    process.stderr.write(`bench: there is no measure ${unknown}\n\n${USAGE}`);
  } catch (error) {
    process.stderr.write(`bench: ${String(error)}\n\n${USAGE}`);
  }
  return undefined;
}

async function runAll(
  lifetime: Lifetime,
  names: readonly string[],
  { quick: isQuick = false, modules = root }: { quick?: boolean; modules?: string },
) {
  const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
  const world = lifetime.own(new World(lifetime.signal));
  installLightProvider(world);
  installWritingProvider(world);
  await world.startDaemon("pty");
  const fleet = lazyFleet(world);
  const bench: Bench = { world, isQuick, signal: lifetime.signal, say, fleet, modules };
  const results: Result[] = [];
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (!names.includes(name)) continue;
    results.push(...(await undisturbed(bench, name, measure)));
  }
  return results;
}

/** Measures again where others were busy meanwhile, and takes the quietest try. */
async function undisturbed(bench: Bench, name: string, measure: Measure): Promise<Result[]> {
  let best: { readonly share: number; readonly results: Result[] } | undefined;
  const most = bench.isQuick || UNHURRIED.has(name) ? 1 : MOST_TRIES;
  for (let tries = 0; tries < most; tries += 1) {
    bench.say(name);
    const othersSince = await watchOthers(bench.world);
    const results = await measure(bench);
    const share = await othersSince();
    bench.say(`  others used ${Math.round(share * 100)} % of the machine`);
    if (best === undefined || share < best.share) best = { share, results };
    if (share <= QUIET_SHARE) break;
  }
  return best?.results ?? [];
}

/** Ends everything on Ctrl-C too; then the answer is undefined. */
async function untilTold<T>(work: (lifetime: Lifetime) => Promise<T>): Promise<T | undefined> {
  const told = Promise.withResolvers<undefined>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => told.resolve(undefined));
  }
  return Lifetime.run(async (lifetime) => {
    const done = work(lifetime);
    // What is cut off by the end fails, and nobody waits for it any more.
    done.catch(() => undefined);
    return Promise.race([done, told.promise]);
  });
}
