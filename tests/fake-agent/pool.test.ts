import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  announce,
  claimDriver,
  clearSeat,
  hasDriver,
  openPool,
  readSeats,
  releaseDriver,
} from "../../src/fake-agent/pool.ts";

const GONE = 2 ** 22 + 1; // above the largest pid of Linux
let pool: string;

beforeEach(() => {
  pool = join(mkdtempSync(join(tmpdir(), "cnd-")), "pool");
  openPool(pool);
});

afterEach(() => rmSync(join(pool, ".."), { recursive: true, force: true }));

test("a pool is its owner's alone", () => {
  expect(statSync(pool).mode & 0o777).toBe(0o700);
});

test("a pane that has only announced itself has no seat yet, a half written one neither", () => {
  announce(pool, process.pid);
  expect(readSeats(pool)).toEqual(new Map([[process.pid, undefined]]));
  writeFileSync(join(pool, `${process.pid}.pane`), "/dev/pts/9\n/home\n");
  expect(readSeats(pool)).toEqual(new Map([[process.pid, undefined]]));
  writeFileSync(join(pool, `${process.pid}.pane`), "/dev/pts/9\n/home\n\n/r\nend\n");
  expect(readSeats(pool).get(process.pid)).toEqual({
    pid: process.pid,
    tty: "/dev/pts/9",
    cwd: "/home",
    script: undefined,
    receipts: "/r",
  });
});

test("a cleared seat is not found again while its program still waits for its code", () => {
  announce(pool, process.pid);
  writeFileSync(join(pool, `${process.pid}.exit`), "");
  clearSeat(pool, process.pid);
  expect(readSeats(pool).size).toBe(0);
  expect(statSync(join(pool, `${process.pid}.exit`)).isFile()).toBe(true);
});

test("the seat of a process that is gone is taken away", () => {
  announce(pool, GONE);
  expect(readSeats(pool).size).toBe(0);
  expect(() => statSync(join(pool, `${GONE}.pane`))).toThrow("ENOENT");
});

test("a dead driver's claim is taken over, a living one's is not", () => {
  writeFileSync(join(pool, "driver.pid"), `${GONE}\n`);
  expect(hasDriver(pool)).toBe(false);
  expect(claimDriver(pool)).toBe(true);
  expect(hasDriver(pool)).toBe(true);
  expect(claimDriver(pool)).toBe(false);
  releaseDriver(pool);
  expect(hasDriver(pool)).toBe(false);
});
