import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { createTerminalLogs } from "../../src/daemon/terminal-logs.ts";
import { temporaryFolder } from "../support/stores.ts";

function bench(ids: readonly string[] = ["t_a"], files = 2) {
  const folder = temporaryFolder();
  const started: string[] = [];
  const refused = new Set<string>();
  const live = ids.map((id) => ({ id, paneId: `%${id}`, logPath: join(folder, `${id}.log`) }));
  const logs = createTerminalLogs({
    folder,
    log: silentLog,
    limits: { maxBytes: 100, files },
    live: () => live,
    driver: {
      startLog: async (paneId) => {
        if (refused.has(paneId)) throw new Error("the pane is gone");
        started.push(paneId);
      },
    },
  });
  const write = (name: string, text: string, daysAgo = 0): void => {
    const path = join(folder, name);
    writeFileSync(path, text);
    const at = Date.now() / 1000 - daysAgo * 86_400;
    utimesSync(path, at, at);
  };
  return { logs, folder, started, refused, write, names: () => readdirSync(folder).toSorted() };
}

test("a full log is moved aside and its pane writes to a new one", async () => {
  const { logs, folder, started, write, names } = bench();
  write("t_a.log", "x".repeat(100));
  await logs.rotate();
  expect(started).toEqual([]);
  for (const text of ["first", "second", "third"]) {
    write("t_a.log", text.padEnd(101, "."));
    await logs.rotate();
  }
  expect(started).toEqual(["%t_a", "%t_a", "%t_a"]);
  expect(names()).toEqual(["t_a.log.1", "t_a.log.2"]);
  expect(readFileSync(join(folder, "t_a.log.1"), "utf8")).toContain("third");
  expect(readFileSync(join(folder, "t_a.log.2"), "utf8")).toContain("second");
});

test("a writer that the daemon did not live to move is moved later", async () => {
  const { logs, started, write } = bench();
  write("t_a.log.1", "left by a daemon that was killed");
  await logs.rotate();
  expect(started).toEqual([]);
  write("t_a.log.1", "left by a daemon that was killed, and it grows");
  await logs.rotate();
  expect(started).toEqual(["%t_a"]);
  await logs.rotate();
  expect(started).toHaveLength(1);
});

test("one pane that cannot be told keeps no other log from being rotated", async () => {
  const { logs, started, refused, write } = bench(["t_a", "t_b"]);
  refused.add("%t_a");
  write("t_a.log", "x".repeat(101));
  write("t_b.log", "x".repeat(101));
  await logs.rotate();
  expect(started).toEqual(["%t_b"]);
});

test("old logs go, the file that a live terminal writes to and foreign files stay", () => {
  const { logs, write, names } = bench(["t_a"]);
  write("t_a.log", "live and long silent", 30);
  write("t_a.log.1", "live, and moved aside long ago", 30);
  write("t_a.log.2", "live, and moved aside today", 0);
  write("t_gone.log", "exited long ago", 30);
  write("t_new.log", "exited today", 0);
  write("notes.txt", "a person's own", 30);
  logs.removeOld(Date.now() - 14 * 86_400_000);
  expect(names()).toEqual(["notes.txt", "t_a.log", "t_a.log.2", "t_new.log"]);
});

test("a terminal that is forgotten takes all its logs along", () => {
  const { logs, folder, write, names } = bench([]);
  for (const name of ["t_a.log", "t_a.log.1", "t_ab.log"]) write(name, "x");
  logs.remove(["t_a"]);
  expect(names()).toEqual(["t_ab.log"]);
  expect(existsSync(folder)).toBe(true);
});
