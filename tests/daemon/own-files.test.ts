import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { watchOwnFiles } from "../../src/daemon/own-files.ts";
import { temporaryFolder } from "../support/stores.ts";

function watched() {
  const home = path.join(temporaryFolder(), "home");
  mkdirSync(home);
  const lock = path.join(home, "daemon.lock");
  writeFileSync(lock, "");
  const { promise, resolve } = Promise.withResolvers<string>();
  const watch = watchOwnFiles([lock], { log: silentLog, gone: resolve });
  onTestFinished(() => watch[Symbol.dispose]());
  return { home, lock, gone: promise };
}

test("a file that is removed, with its folder or alone, is told", async () => {
  const one = watched();
  rmSync(one.lock);
  expect(await one.gone).toBe(one.lock);
  const other = watched();
  rmSync(other.home, { recursive: true });
  expect(await other.gone).toBe(other.lock);
});

test("a folder that is renamed takes its files along", async () => {
  const { home, lock, gone } = watched();
  renameSync(home, `${home}-of-before`);
  expect(await gone).toBe(lock);
});

test("a file that is only written to is still there", async () => {
  const { lock, gone } = watched();
  appendFileSync(lock, "more");
  const next = watched();
  rmSync(next.lock);
  await next.gone;
  expect(await Promise.race([gone, Promise.resolve("still there")])).toBe("still there");
});
