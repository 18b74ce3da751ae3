import { readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Lifetime } from "../../../src/base/lifetime.ts";
import { createDriverRig, type DriverRig } from "./driver-rig.ts";
import { until } from "./rig.ts";

let lifetime: Lifetime;
let rig: DriverRig;

beforeEach(async () => {
  lifetime = new Lifetime();
  rig = await createDriverRig(lifetime);
});
afterEach(() => lifetime[Symbol.asyncDispose]());

const numbers = (text: string): number[] =>
  [...text.matchAll(/^(\d+)\r?$/gm)].map((match) => Number(match[1]));

test("a log that is moved away goes on in a new file, and nothing is missing", async () => {
  const { paneId } = await rig.spawn("n=0; while read line; do echo $((n = n + 1)); done");
  const path = join(rig.dir, "logs", "t_1.log");
  const seen = (file: string): number[] => numbers(readFileSync(file, "utf8"));
  await rig.driver.keys(paneId, ["Enter", "Enter"]);
  await until(() => seen(path).includes(2), "the second line");
  renameSync(path, `${path}.1`);
  await rig.driver.startLog(paneId);
  await rig.driver.keys(paneId, ["Enter", "Enter"]);
  await until(() => seen(path).includes(4), "the fourth line");
  expect([...seen(`${path}.1`), ...seen(path)]).toEqual([1, 2, 3, 4]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a flood that is rotated in the middle loses at most what tmux had not handed over", async () => {
  const { paneId } = await rig.spawn("read line; seq 200000; exec cat");
  const path = join(rig.dir, "logs", "t_1.log");
  await rig.driver.keys(paneId, ["Enter"]);
  await until(() => statSync(path).size > 100_000, "some of the flood");
  renameSync(path, `${path}.1`);
  await rig.driver.startLog(paneId);
  const whole = (): string => readFileSync(`${path}.1`, "utf8") + readFileSync(path, "utf8");
  await until(() => /^200000\r?$/m.test(whole()), "the end of the flood");
  const found = numbers(whole());
  // 4 kB were seen to be lost, and nothing more; a log that nobody floods loses nothing.
  expect(found.length).toBeGreaterThan(195_000);
  expect(found.at(-1)).toBe(200_000);
});

test("what is asked for pasting is found in the file before the last rotation", async () => {
  const { paneId } = await rig.spawn("printf '\\033[?2004hready'; exec cat");
  const path = join(rig.dir, "logs", "t_1.log");
  await rig.shows(paneId, "ready");
  await until(() => readFileSync(path, "utf8").includes("ready"), "the log");
  renameSync(path, `${path}.1`);
  await rig.driver.startLog(paneId);
  await rig.driver.close();
  const next = await rig.again();
  await next.adopt();
  await until(() => next.isBracketed(paneId), "the log to be read");
  expect(next.isBracketed(paneId)).toBe(true);
});

test("what an app asked for is not taken for the word of one that is started after it", async () => {
  const logPath = join(rig.dir, "logs", "t_1.log");
  const first = await rig.spawn("printf '\\033[?2004hready'; exec cat", { logPath });
  await until(() => rig.driver.isBracketed(first.paneId), "the first one's wish");
  await until(() => readFileSync(logPath, "utf8").includes("ready"), "the log");
  const second = await rig.spawn("printf again; exec cat", { logPath });
  await rig.shows(second.paneId, "again");
  expect(rig.driver.mayBeBracketed(second.paneId)).toBe(false);
});

test("an option is seen by every session, a person's view and one made later too", async () => {
  await rig.spawn("exec cat");
  await rig.driver.setOption("@conductor_pending", "2");
  await rig.tmux("new-session", "-d", "-t", "=s", "-s", "view");
  await rig.driver.openSession("later", { columns: 80, rows: 24 });
  for (const session of ["s", "view", "later"]) {
    const shown = await rig.tmux(
      "display-message",
      "-p",
      "-t",
      `=${session}:`,
      "#{T:status-right}",
    );
    expect(shown).toContain("2 waiting");
  }
  await rig.driver.setOption("@conductor_pending", "0");
  const shown = await rig.tmux("display-message", "-p", "-t", "=view:", "#{T:status-right}");
  expect(shown).toBe("");
});
