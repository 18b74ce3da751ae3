import { copyFileSync, readdirSync } from "node:fs";
import path from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openStores } from "../../../src/drivers/sqlite/index.ts";
import { addTerminal, temporaryFolder, testStores } from "../../support/stores.ts";

async function journal() {
  const stores = testStores();
  for (const name of ["a", "b", "c", "d"]) {
    await addTerminal(stores, { name });
    await stores.clock.advance(1_000);
  }
  const db = new Sqlite(stores.file);
  onTestFinished(() => void db.close());
  return { stores, db };
}

const again = (seq: string, id: string) =>
  `INTO events SELECT ${seq}, ${id}, time, 'forged', subject, actor, data, hash FROM events WHERE seq = 2`;

test.each([
  ["an edit", "UPDATE events SET data = '{}' WHERE seq = 2"],
  ["a deletion", "DELETE FROM events WHERE seq = 2"],
  ["the end cut off", "DELETE FROM events WHERE seq >= 3"],
  ["all of it deleted", "DELETE FROM events"],
  ["a row put in another's place", `REPLACE ${again("2", "id")}`],
  ["a row put in another's place by its id", `REPLACE ${again("5", "id")}`],
  ["an edit by upsert", `INSERT ${again("2", "'x'")} ON CONFLICT DO UPDATE SET type = 'forged'`],
  ["a gap", `INSERT ${again("9", "'x'")}`],
  ["a false checkpoint", "INSERT INTO journal_checkpoint VALUES (3, 'forged', 1)"],
  ["a checkpoint ahead", "INSERT INTO journal_checkpoint VALUES (99, 'forged', 1)"],
  [
    "a checkpoint that lets all go",
    "INSERT INTO journal_checkpoint SELECT seq, hash, 1 FROM events WHERE seq = 4",
  ],
])("the journal refuses %s", async (_what, sql) => {
  const { stores, db } = await journal();
  expect(() => db.exec(sql)).toThrow(/append-only|a checkpoint names/);
  expect(await stores.journal.verify()).toBeUndefined();
  expect(await stores.journal.after(0, 10)).toHaveLength(4);
});

test("pruning is the one way to let events go, and its checkpoint stays", async () => {
  const { stores, db } = await journal();
  expect(await stores.pruneJournal(stores.clock.now() - 2_000, stores.clock.now())).toBe(2);
  expect(await stores.journal.verify()).toBeUndefined();
  expect(() => db.exec("DELETE FROM journal_checkpoint")).toThrow("append-only");
  expect(() => db.exec("UPDATE journal_checkpoint SET seq = 3")).toThrow("append-only");
  await addTerminal(stores, { name: "e" });
  expect((await stores.journal.after(0, 10)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
});

test("a journal of an older version is chained on, found again, and append-only as before", async () => {
  const before = temporaryFolder();
  const all = path.resolve("src/drivers/sqlite/migrations");
  for (const name of readdirSync(all).filter((each) => each < "0016"))
    copyFileSync(path.join(all, name), path.join(before, name));
  const file = path.join(temporaryFolder(), "conductor.db");
  const old = openStores(file, { migrations: before });
  await addTerminal(old, { name: "a" });
  await addTerminal(old, { name: "b" });
  const told = await old.journal.after(0, 10);
  old[Symbol.dispose]();
  const stores = openStores(file);
  onTestFinished(() => stores[Symbol.dispose]());
  await addTerminal(stores, { name: "c" });
  expect((await stores.journal.after(0, 10)).slice(0, told.length)).toEqual(told);
  expect(await stores.journal.head()).toBe(told.length + 1);
  expect(await stores.journal.verify()).toBeUndefined();
  const db = new Sqlite(file);
  onTestFinished(() => void db.close());
  for (const sql of ["UPDATE events SET data = '{}'", "DELETE FROM events"])
    expect(() => db.exec(sql)).toThrow("append-only");
  expect(() => db.exec("INSERT INTO journal_checkpoint VALUES (1, 'forged', 1)")).toThrow(
    "a checkpoint names",
  );
});

test("a secret in an event is taken out before it is chained", async () => {
  const { stores } = await journal();
  await addTerminal(stores, { name: "API_TOKEN=hunter22" });
  const [last] = await stores.journal.after(4, 1);
  expect(last?.data).toEqual({ name: "API_TOKEN=[redacted]" });
  expect(await stores.journal.verify()).toBeUndefined();
});
