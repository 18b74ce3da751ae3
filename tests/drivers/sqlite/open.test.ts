import { readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../../src/base/log.ts";
import { ConductorDatabase } from "../../../src/drivers/sqlite/database.ts";
import { openStores } from "../../../src/drivers/sqlite/index.ts";
import { createMessageStore } from "../../../src/drivers/sqlite/message-store.ts";
import { openDatabase } from "../../../src/drivers/sqlite/open.ts";
import { takeRunLock } from "../../../src/drivers/sqlite/run-lock.ts";
import { addTerminal, temporaryFolder, testStores } from "../../support/stores.ts";

const databaseFile = () => path.join(temporaryFolder(), "home", "conductor.db");

/** A program of somebody else that has the file open. */
function stranger(file: string): Sqlite.Database {
  const db = new Sqlite(file);
  onTestFinished(() => void db.close());
  return db;
}

test("a database is made readable by its owner alone", () => {
  const file = databaseFile();
  openStores(file)[Symbol.dispose]();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
});

test("a file that is no database is told as broken, and is left as it was", () => {
  const file = path.join(temporaryFolder(), "conductor.db");
  writeFileSync(file, "these are notes of mine, long enough for a header ".repeat(100));
  const before = statSync(file).size;
  expect(() => openStores(file)).toThrow(
    expect.objectContaining({
      code: "store.broken",
      hint: expect.stringContaining("move the file"),
    }),
  );
  expect(statSync(file).size).toBe(before);
});

test("a database with a damaged page is told as broken, whichever statement meets it", async () => {
  const stores = testStores();
  await addTerminal(stores);
  stores[Symbol.dispose]();
  const { file } = stores;
  const size = statSync(file).size;
  writeFileSync(file, Buffer.alloc(size - 4_096, 0xa5), { flag: "r+" });
  expect(() => openStores(file)).toThrow(expect.objectContaining({ code: "store.broken" }));
});

test("a database of a newer version is refused, with what to do", () => {
  const file = databaseFile();
  openStores(file)[Symbol.dispose]();
  stranger(file).pragma("user_version = 999");
  expect(() => openStores(file)).toThrow(
    expect.objectContaining({
      code: "daemon.version",
      hint: expect.stringContaining("install the newer version"),
    }),
  );
});

test("a database of an older version is copied before it is migrated", () => {
  const file = databaseFile();
  const migrations = temporaryFolder();
  writeFileSync(path.join(migrations, "0001-one.sql"), "CREATE TABLE one (a TEXT) STRICT;");
  openDatabase(file, { migrations }).close();
  writeFileSync(path.join(migrations, "0002-two.sql"), "CREATE TABLE two (a TEXT) STRICT;");
  openDatabase(file, { migrations }).close();
  expect(readdirSync(path.dirname(file))).toContain("conductor.db.v1.bak");
  const copy = stranger(`${file}.v1.bak`);
  expect(copy.pragma("user_version", { simple: true })).toBe(1);
});

test("a write that another program's lock is in the way of says so, and works when it is gone", async () => {
  const stores = testStores();
  const other = stranger(stores.file);
  other.exec("BEGIN IMMEDIATE");
  await expect(addTerminal(stores)).rejects.toMatchObject({
    code: "store.locked",
    hint: expect.stringContaining("fuser"),
  });
  other.exec("COMMIT");
  expect(await addTerminal(stores)).toMatchObject({ name: "dev" });
});

test("a full disk is told as one, loses nothing, and the next write goes on", async () => {
  const { file, ...stores } = testStores();
  const dev = await addTerminal(stores);
  const handle = stranger(file);
  const messages = createMessageStore(
    new ConductorDatabase(handle, { clock: stores.clock, log: silentLog }),
  );
  const send = (body: string) =>
    messages.enqueue(
      { from: "human", to: dev.id, body, mode: "when-idle", expiresAt: null, dedupeKey: null },
      stores.clock.now(),
    );
  await send("small");
  handle.pragma(`max_page_count = ${Number(handle.pragma("page_count", { simple: true }))}`);
  await expect(send("x".repeat(100_000))).rejects.toMatchObject({
    code: "store.full",
    hint: expect.stringContaining("free some space"),
  });
  expect((await messages.list({})).map(({ body }) => body)).toEqual(["small"]);
  handle.pragma("max_page_count = 1000000");
  await send("x".repeat(100_000));
  expect(await messages.list({})).toHaveLength(2);
});

test("a second daemon of the same home is refused while the first lives", () => {
  const file = path.join(temporaryFolder(), "daemon.lock");
  const first = takeRunLock(file);
  expect(() => takeRunLock(file)).toThrow(expect.objectContaining({ code: "state.conflict" }));
  first[Symbol.dispose]();
  takeRunLock(file)[Symbol.dispose]();
});
