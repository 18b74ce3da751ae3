import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import type { TaskView } from "../../src/contract/tasks.ts";
import type { Bench } from "../bench.ts";
import { installLightProvider, installSeatedProvider } from "../fleet.ts";
import { freePort, inspect } from "../inspector.ts";
import { isAlive, residentKB } from "../processes.ts";
import { atMost, type Result } from "../result.ts";
import { World } from "../world.ts";

const CREWS = 10;
const ATTEMPTS = 50;
/** By then all deaths have happened: who is killed again and again at the end only waits for its next try. */
const DEADLY_SHARE = 0.8;
const LONGEST_MS = 20 * 60_000;
const LOOK_MS = 250;
const MOST_GROWTH_MB = 2;
/** So often the daemon's memory is looked at while it does as many tasks again. */
const POINTS = 8;
const SETTLE_MS = 2_000;
/** A task's agent works so long before it does what it was told. */
const TURN_SECONDS = 0.5;

interface Size {
  readonly tasks: number;
  /** Of each crew, at a time. */
  readonly terminals: number;
  readonly agentDeaths: number;
  readonly daemonDeaths: number;
}

const WHOLE: Size = { tasks: 2_000, terminals: 20, agentDeaths: 40, daemonDeaths: 8 };
const QUICK: Size = { tasks: 200, terminals: 3, agentDeaths: 8, daemonDeaths: 3 };

/**
 * Many tasks by many agents, of which some are killed, and the daemon too: each is done once. Then as many again in
 * peace, to see what a task leaves behind in the daemon's memory.
 */
export async function measureTaskFleet({ isQuick, say, signal }: Bench): Promise<Result[]> {
  const size = isQuick ? QUICK : WHOLE;
  const inspectPort = await freePort();
  const world = new World(signal, inspectPort);
  try {
    installLightProvider(world);
    await world.startDaemon("pty");
    await installSeatedProvider(world, "seated");
    const crew = new Crew(world, size);
    await crew.register();
    const from = performance.now();
    await crew.add("killed", size.tasks);
    await crew.work(true);
    const { once, wrong } = await crew.account("killed");
    say(`  ${size.tasks} tasks in ${since(from)}, ${crew.deaths}; done once: ${once}; ${wrong}`);
    await crew.add("warming", size.tasks / 2);
    await crew.work(false);
    const peace = performance.now();
    const growth = await crew.growth(inspectPort, say);
    say(`  ${size.tasks} more in ${since(peace)}`);
    const name = (what: string) =>
      `tasks: ${CREWS * size.terminals} agents, ${size.tasks} tasks, ${what}`;
    const unmet = size.tasks - once;
    return [
      atMost({ name: name("not done exactly once"), value: unmet, unit: "", channel: "pty" }, 0),
      atMost(
        { name: "tasks: daemon's memory per 1,000", value: growth, unit: "MB", channel: "pty" },
        MOST_GROWTH_MB,
      ),
    ];
  } finally {
    await world[Symbol.asyncDispose]();
  }
}

class Crew {
  readonly #world: World;
  readonly #size: Size;
  readonly #done: string;
  #agentDeaths = 0;
  #daemonDeaths = 0;

  constructor(world: World, size: Size) {
    this.#world = world;
    this.#size = size;
    this.#done = join(world.folder, "done");
    appendFileSync(this.#done, "");
  }

  get deaths(): string {
    return `${this.#agentDeaths} agents and ${this.#daemonDeaths} daemons killed`;
  }

  async register(): Promise<void> {
    const client = this.#world.client();
    for (let index = 1; index <= CREWS; index += 1) {
      const max = { maxConcurrency: this.#size.terminals };
      await client.registerAgent({ name: `crew${index}`, provider: "seated", ...max });
    }
    await client.execution.turnAuto({ on: true });
  }

  /** Each task leaves a line with its word. */
  async add(word: string, count: number): Promise<void> {
    const tasks = Array.from({ length: count }, (_, index) => ({
      title: `${word} ${index}`,
      prompt: `do:slow ${TURN_SECONDS}\ndo:sh echo ${word} ${index} >> ${this.#done}\ndo:say done`,
      maxAttempts: ATTEMPTS,
      execution: { cwd: this.#world.folder },
    }));
    await this.#world.client().tasks.create(tasks);
  }

  /** Resolves when all are over; kills agents and daemons on the way where that is asked for. */
  async work(isHarassed: boolean): Promise<void> {
    const until = Date.now() + LONGEST_MS;
    for (;;) {
      const { open, over } = await this.#counts();
      if (open === 0) return;
      if (Date.now() > until) throw new Error(`${open} tasks are open after ${LONGEST_MS} ms`);
      if (isHarassed) await this.#harass(over / this.#size.tasks);
      await sleep(LOOK_MS, undefined, { signal: this.#world.signal });
    }
  }

  async #counts(): Promise<{ readonly open: number; readonly over: number }> {
    const { states } = await this.#world.client().tasks.counts();
    const { done, failed, dead, cancelled, ...rest } = states;
    const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
    return { open: sum(Object.values(rest)), over: sum([done, failed, dead, cancelled]) };
  }

  /** Deaths are spread over the tasks, whenever these are done. */
  async #harass(share: number): Promise<void> {
    const { agentDeaths, daemonDeaths } = this.#size;
    const due = Math.min(1, share / DEADLY_SHARE);
    if (this.#agentDeaths < due * agentDeaths) await this.#killAgent();
    if (this.#daemonDeaths >= due * daemonDeaths) return;
    this.#daemonDeaths += 1;
    await this.#world.stopDaemon("SIGKILL");
    await this.#world.startDaemon("pty");
  }

  async #killAgent(): Promise<void> {
    const terminals = await this.#world.client().terminals();
    const busy = terminals.filter(({ status }) => status === "working");
    const victim = busy[Math.floor(Math.random() * busy.length)];
    if (victim?.paneId == null) return;
    const asked = ["display-message", "-p", "-t", victim.paneId, "#{pane_pid}"];
    const pid = Number(await this.#world.tmux(...asked));
    if (!isAlive(pid)) return;
    process.kill(pid, "SIGKILL");
    this.#agentDeaths += 1;
  }

  /** How many were completed once; and, of those tried once, did what they say once. */
  async account(word: string): Promise<{ readonly once: number; readonly wrong: string }> {
    const completed = this.#events("task.completed");
    const begun = this.#events("task.started");
    const lines = tally(readFileSync(this.#done, "utf8").split("\n").filter(Boolean));
    const wrong: string[] = [];
    let once = 0;
    for (const { id, title, state, error } of await this.#tasks(word)) {
      const ends = completed.get(id) ?? 0;
      const tries = begun.get(id) ?? 0;
      const deeds = lines.get(title) ?? 0;
      if (ends === 1 && deeds >= 1 && deeds <= tries) once += 1;
      else
        wrong.push(
          `${title} is ${state}: completed ${ends}, begun ${tries}, did ${deeds}; ${error?.message}`,
        );
    }
    const told = wrong.length === 0 ? "none wrong" : wrong.slice(0, 5).join("; ");
    return { once, wrong: told };
  }

  async #tasks(word: string): Promise<readonly TaskView[]> {
    const all: TaskView[] = [];
    let before: number | undefined;
    do {
      const page = await this.#world.client().tasks.list({ before, limit: 500 });
      all.push(...page.tasks.filter(({ title }) => title.startsWith(word)));
      before = page.next ?? undefined;
    } while (before !== undefined);
    return all;
  }

  /** How often each subject had an event of that type. */
  #events(type: string): Map<string, number> {
    const db = new Database(this.#world.paths.database, { readonly: true });
    try {
      const sql = "SELECT subject, count(*) FROM events WHERE type = ? GROUP BY subject";
      return new Map(db.prepare<[string], [string, number]>(sql).raw().all(type));
    } finally {
      db.close();
    }
  }

  /** Megabytes that stay for each 1,000 tasks: by the line through what it uses at rest, without its garbage. */
  async growth(port: number, say: Bench["say"]): Promise<number> {
    const inspector = await inspect(this.#world.daemonPid, port);
    try {
      const samples: { readonly done: number; readonly mb: number }[] = [];
      for (let point = 0; point <= POINTS; point += 1) {
        if (point > 0) {
          await this.add(`counted ${point}`, this.#size.tasks / POINTS);
          await this.work(false);
        }
        await sleep(SETTLE_MS, undefined, { signal: this.#world.signal });
        await inspector.collectGarbage();
        const mb = residentKB(this.#world.daemonPid) / 1024;
        samples.push({ done: (point * this.#size.tasks) / POINTS, mb });
      }
      say(`  the daemon at rest: ${samples.map(({ mb }) => mb.toFixed(1)).join(", ")} MB`);
      return slope(samples) * 1_000;
    } finally {
      inspector.close();
    }
  }
}

function since(from: number): string {
  return `${((performance.now() - from) / 1_000).toFixed(0)} s`;
}

function tally(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Of the line with the least squares. */
function slope(samples: readonly { readonly done: number; readonly mb: number }[]): number {
  const mean = (of: (sample: { done: number; mb: number }) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const done = mean((sample) => sample.done);
  const mb = mean((sample) => sample.mb);
  const spread = mean((sample) => (sample.done - done) ** 2);
  return mean((sample) => (sample.done - done) * (sample.mb - mb)) / spread;
}
