import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { launcher, Stage } from "./tmux.ts";

const patience = { timeout: 10_000, interval: 20 };

let stage: Stage;
let pool: string;
let driver: ChildProcess | undefined;
let told: string;

beforeEach(() => {
  stage = new Stage();
  pool = join(stage.home, "pool");
  driver = undefined;
  told = "";
});

afterEach(async () => {
  if (driver?.exitCode === null) {
    driver.kill();
    await once(driver, "exit");
  }
  stage[Symbol.dispose]();
});

async function startDriver(): Promise<void> {
  driver = spawn(process.execPath, [launcher, "--drive", pool]);
  driver.stdout?.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  await expect.poll(() => existsSync(join(pool, "driver.pid")), patience).toBe(true);
}

async function openPane(): Promise<void> {
  stage.open("sh", join(pool, "seat"), "''", join(stage.home, "receipts"));
  await expect.poll(stage.screen, patience).toContain("> Type a message");
}

test("a driven pane takes pastes, asks, runs in its own directory and ends with its code", async () => {
  await startDriver();
  await openPane();
  stage.paste("do:run touch proof\nin two lines");
  stage.tmux("send-keys", "Enter");
  await expect.poll(stage.screen, patience).toContain("❯ 1. Yes");
  expect(stage.title()).toBe("? scripted");
  stage.tmux("send-keys", "1");
  await expect.poll(stage.screen, patience).toContain("● ran: exit 0");
  expect(existsSync(join(stage.home, "proof"))).toBe(true);
  expect(stage.receipts.map((receipt) => receipt.text)).toEqual([
    "do:run touch proof\nin two lines",
  ]);
  stage.submit("do:crash 7");
  await expect.poll(stage.screen, patience).toContain("ended with 7");
  await expect.poll(stage.screen, patience).toMatch(/ icanon.* echo /s);
});

test("a driven pane dies by the signal that it is told to send itself", async () => {
  await startDriver();
  await openPane();
  stage.submit("do:crash SIGKILL");
  await expect.poll(stage.screen, patience).toContain("ended with 137");
});

test("a driven pane notices its new size", async () => {
  await startDriver();
  await openPane();
  stage.tmux("resize-window", "-x", "60", "-y", "20");
  await expect.poll(stage.screen, patience).toMatch(/^─{60}\n> Type a message\n─{60}\n/);
});

test("prompts come through the driver, and it tells every change with its time", async () => {
  await startDriver();
  await openPane();
  const tty = stage.tmux("display-message", "-p", "#{pane_tty}").trim();
  driver?.stdin?.write(`${tty} do:say told\n/dev/pts/none do:say nobody\n`);
  await expect.poll(stage.screen, patience).toContain("● told");
  const changes = (): { tty: string; mode: string }[] =>
    told
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  await expect
    .poll(() => changes().map(({ mode }) => mode), patience)
    .toEqual(["idle", "working", "idle"]);
  expect(changes().every((change) => change.tty === tty)).toBe(true);
});

test("a driver that stops gives its terminals back", async () => {
  await startDriver();
  await openPane();
  driver?.kill();
  await expect.poll(stage.screen, patience).toContain("ended with 1");
  await expect.poll(stage.screen, patience).toMatch(/ icanon.* echo /s);
});

test("a pool has one driver", async () => {
  await startDriver();
  const second = spawn(process.execPath, [launcher, "--drive", pool]);
  expect(await once(second, "exit")).toEqual([1, null]);
});

test("--light starts a driver where there is none, and becomes a shell", async () => {
  stage.open(process.execPath, launcher, "--light", "--pool", pool);
  await expect.poll(stage.screen, patience).toContain("> Type a message");
  const pid = Number(readFileSync(join(pool, "driver.pid"), "utf8"));
  stage.submit("/exit");
  await expect.poll(stage.screen, patience).toContain("ended with 0");
  process.kill(pid);
  await expect.poll(() => existsSync(join(pool, "driver.pid")), patience).toBe(false);
});
