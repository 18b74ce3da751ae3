import path from "node:path";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { PIECE } from "../../../src/base/pieces.ts";
import type { ConductorDatabase } from "../../../src/drivers/sqlite/database.ts";
import { openDatabase } from "../../../src/drivers/sqlite/open.ts";
import { temporaryFolder } from "../../support/stores.ts";

function opened(): ConductorDatabase {
  const db = openDatabase(path.join(temporaryFolder(), "conductor.db"));
  onTestFinished(() => db.close());
  return db;
}

const happened = (subject: string) => ({
  type: "thing.happened",
  subject,
  actor: "test",
  data: {},
});

function subjects(db: ConductorDatabase): string[] {
  return db
    .all<{ subject: string }>("SELECT subject FROM events ORDER BY seq")
    .map((row) => row.subject);
}

test("what is asked for in one turn is seen by others all at once, and told in order after that", async () => {
  const db = opened();
  const other = new Sqlite(db.file, { readonly: true });
  onTestFinished(() => void other.close());
  const count = () => other.prepare("SELECT count(*) AS n FROM events").get();
  const seen: unknown[] = [];
  db.follow((event) => seen.push([event.subject, count()]));
  await Promise.all(
    ["a", "b", "c"].map((one) => db.writeTogether((append) => append(happened(one)))),
  );
  expect(seen).toEqual([
    ["a", { n: 3 }],
    ["b", { n: 3 }],
    ["c", { n: 3 }],
  ]);
});

test("work that throws is undone alone, and its events are told to nobody", async () => {
  const db = opened();
  const told: string[] = [];
  db.follow((event) => told.push(event.subject));
  const outcomes = await Promise.allSettled([
    db.writeTogether((append) => append(happened("before"))),
    db.writeTogether((append) => {
      append(happened("undone"));
      throw new Error("no");
    }),
    db.writeTogether((append) => append(happened("after")), "recorded"),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(told).toEqual(["before", "after"]);
  expect(subjects(db)).toEqual(["before", "after"]);
});

test("nothing overtakes what waits, and closing leaves nothing behind", async () => {
  const db = opened();
  const first = db.writeTogether((append) => append(happened("first")));
  db.write((append) => append(happened("second")));
  expect(subjects(db)).toEqual(["first", "second"]);
  const last = db.writeTogether((append) => append(happened("last")), "recorded");
  db.close();
  await Promise.all([first, last]);
  const again = openDatabase(db.file);
  expect(subjects(again)).toEqual(["first", "second", "last"]);
  again.close();
});

test("a store that cannot be written to rejects every piece of work", async () => {
  const db = opened();
  const other = new Sqlite(db.file);
  db.run("PRAGMA busy_timeout = 1");
  other.exec("BEGIN IMMEDIATE");
  const outcomes = await Promise.allSettled(
    ["a", "b"].map((one) => db.writeTogether((append) => append(happened(one)))),
  );
  other.exec("ROLLBACK");
  other.close();
  const failed = expect.objectContaining({ code: "store.locked" });
  expect(outcomes).toEqual([
    { status: "rejected", reason: failed },
    { status: "rejected", reason: failed },
  ]);
  expect(subjects(db)).toEqual([]);
});

test("of very many events all else has its turn between two pieces, and their order holds", async () => {
  const db = opened();
  const many = 3 * PIECE + 1;
  const told: string[] = [];
  const all = Promise.withResolvers<void>();
  db.follow(({ subject }) => {
    told.push(subject);
    if (subject === "last") all.resolve();
  });
  const turns: number[] = [];
  setImmediate(() => {
    turns.push(told.length);
    db.write((append) => append(happened("last")));
  });
  db.write((append) => {
    for (let one = 0; one < many; one += 1) append(happened(`${one}`));
  });
  await all.promise;
  expect(turns[0]).toBeGreaterThan(0);
  expect(turns[0]).toBeLessThan(many);
  expect(told).toEqual([...Array.from({ length: many }, (_, one) => `${one}`), "last"]);
});
