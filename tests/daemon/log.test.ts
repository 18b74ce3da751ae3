import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLog } from "../../src/daemon/log.ts";
import { rotateFile } from "../../src/daemon/log-files.ts";
import { temporaryFolder } from "../support/stores.ts";

test("a full log of the daemon is moved aside, and only so many are kept", () => {
  const folder = temporaryFolder();
  const file = join(folder, "daemon.log");
  const log = createLog(file, { level: "info", maxBytes: 300, files: 2 });
  for (let line = 0; line < 40; line += 1) log.info({ line }, "hello");
  expect(readdirSync(folder).toSorted()).toEqual(["daemon.log", "daemon.log.1", "daemon.log.2"]);
  const lines = ["daemon.log.2", "daemon.log.1", "daemon.log"].flatMap((name) => {
    const path = join(folder, name);
    expect(statSync(path).size).toBeLessThanOrEqual(300);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, "utf8").trim().split("\n");
    return text.map((json): number => JSON.parse(json).line);
  });
  expect(lines.at(-1)).toBe(39);
  expect(lines).toEqual(lines.map((_, index) => 40 - lines.length + index));
});

test("a log goes on where the daemon before it stopped, below its level nothing is written", () => {
  const file = join(temporaryFolder(), "daemon.log");
  writeFileSync(file, `${"x".repeat(500)}\n`);
  const log = createLog(file, { level: "warn", maxBytes: 600, files: 1 });
  log.info({}, "not this");
  log.warn({ token: "secret" }, "first");
  log.warn({}, "second");
  expect(readFileSync(`${file}.1`, "utf8")).toContain("x".repeat(500));
  const both = readFileSync(`${file}.1`, "utf8") + readFileSync(file, "utf8");
  expect(both).toContain("second");
  expect(both).not.toMatch(/not this|secret/);
});

test("a disk without room for a line ends nobody who writes one", () => {
  const folder = temporaryFolder();
  const file = join(folder, "daemon.log");
  symlinkSync("/dev/full", file);
  const log = createLog(file, { level: "info", maxBytes: 1e9, files: 1 });
  expect(() => log.info({}, "hello")).not.toThrow();
});

test("without room for old files a full one is removed", () => {
  const folder = temporaryFolder();
  const file = join(folder, "a.log");
  writeFileSync(file, "x");
  rotateFile(file, 0);
  expect(readdirSync(folder)).toEqual([]);
  rotateFile(file, 3);
  expect(readdirSync(folder)).toEqual([]);
});
