/** Other processes on the same database: some race, some are killed. */
import { execFile } from "node:child_process";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { STORE_FAILPOINTS } from "../../../src/drivers/sqlite/database.ts";
import { openStores } from "../../../src/drivers/sqlite/index.ts";
import { temporaryFolder } from "../../support/stores.ts";
import { liveTasks } from "../../support/task-life.ts";
import { taskWorld } from "../../support/tasks.ts";

const SUPPORT = path.resolve(import.meta.dirname, "../../support");

interface Ran {
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const words = [path.join(SUPPORT, script), ...args];
    execFile(process.execPath, words, (error, stdout, stderr) => {
      resolve({ signal: error?.signal ?? null, stdout, stderr });
    });
  });
}

test("four processes that race for a hundred tasks do each once, and none is ever told that the store is busy", {
  timeout: 60_000,
}, async () => {
  const { file, tasks, journal, add } = taskWorld();
  const all = await add(...Array.from({ length: 100 }, (_, at) => ({ title: `t${at}` })));
  const owners = ["a", "b", "c", "d"];
  const racers = await Promise.all(owners.map((owner) => run("task-racer.ts", file, owner)));
  expect(racers.map(({ stderr }) => stderr)).toEqual(["", "", "", ""]);
  const done = racers.flatMap(({ stdout }) => z.array(z.string()).parse(JSON.parse(stdout)));
  expect(done.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  expect((await tasks.counts()).done).toBe(100);
  expect(await journal.verify()).toBeUndefined();
});

test("whatever two statements its end falls between, a life of tasks goes on: nothing is lost, nothing done twice", {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const file = `${folder}/life.db`;
  const names: string[] = [];
  let isOpen = false;
  // A killed process leaves what it had written to its files, and nothing else of it.
  const leave = (name: string): void => {
    if (!isOpen) return;
    names.push(name);
    for (const part of ["", "-wal"])
      copyFileSync(`${file}${part}`, `${folder}/${names.length}.db${part}`);
  };
  const whole = openStores(file, { failpoint: leave });
  isOpen = true;
  await liveTasks(whole);
  whole[Symbol.dispose]();
  expect([...new Set(names)].toSorted()).toEqual(STORE_FAILPOINTS.toSorted());
  for (const place of names.keys()) await livesOn(`${folder}/${place + 1}.db`);
});

test("and so it does after a real `kill -9`", { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  for (const place of [3, 17, 31, 52, 76]) {
    const file = `${folder}/${place}.db`;
    expect(await run("task-life.ts", file, String(place))).toMatchObject({ signal: "SIGKILL" });
    await livesOn(file);
  }
});

async function livesOn(file: string): Promise<void> {
  const stores = openStores(file);
  await liveTasks(stores);
  const events = await stores.journal.after(0, 1_000);
  const chain = await stores.journal.verify();
  const held = await stores.tasks.locks();
  stores[Symbol.dispose]();
  const count = (type: string) => events.filter((event) => event.type === type).length;
  const completed = events.filter(({ type }) => type === "task.completed");
  expect([
    file,
    count("task.created"),
    new Set(completed.map((each) => each.subject)).size,
  ]).toEqual([file, 2, 2]);
  expect([file, completed.length, chain, held]).toEqual([file, 2, undefined, []]);
  // Each claim ended once: done, or given back after its failure or by its lease.
  expect([file, count("task.claimed")]).toEqual([file, 2 + count("task.requeued")]);
}
