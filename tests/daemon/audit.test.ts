import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test, vi } from "vitest";
import { silentLog } from "../../src/base/log.ts";
import { type AuditReport, auditHead } from "../../src/contract/audit.ts";
import { AUDIT_FAILPOINTS, keepAudit } from "../../src/daemon/audit-keeper.ts";
import { openTrail } from "../../src/daemon/audit-reader.ts";
import { openAuditFiles } from "../../src/drivers/files/index.ts";
import type { Stores } from "../../src/drivers/sqlite/index.ts";
import { newDecision } from "../support/decisions.ts";
import { addTerminal, temporaryFolder, testStores } from "../support/stores.ts";

function world(home = temporaryFolder()) {
  const stores = testStores(join(home, "conductor.db"));
  const approvals = join(home, "approvals");
  const keep = (failpoint?: (name: string) => void) =>
    keepAudit({
      journal: stores.journal,
      audit: stores.audit,
      files: openAuditFiles(approvals),
      clock: stores.clock,
      log: silentLog,
      failpoint,
    });
  const mirror = join(approvals, "audit.jsonl");
  return {
    home,
    stores,
    keep,
    headFile: join(approvals, "head.json"),
    mirror,
    lines: () => readFileSync(mirror, "utf8").split("\n").slice(0, -1),
    trail: openTrail({ database: join(home, "conductor.db"), approvals }),
    verify: () => openTrail({ database: join(home, "conductor.db"), approvals }).verify(undefined),
  };
}

/** Decisions stand at 2, 4, 6 … with other events between them. */
async function decide(stores: Stores, count: number, from = 1): Promise<void> {
  for (let at = from; at < from + count; at += 1) {
    await addTerminal(stores, { name: `dev${at}` });
    await stores.decisions.record(newDecision({ command: `git push ${at}` }));
  }
}

async function kept(count = 5) {
  const made = world();
  const keeper = await made.keep();
  await decide(made.stores, count);
  await keeper[Symbol.asyncDispose]();
  return made;
}

function places({ findings }: AuditReport): string[] {
  return findings.map(({ part, seq }) => `${part} ${seq}`);
}

test("what was left alone is found to be as it was written", async () => {
  const { verify, lines, trail, mirror } = await kept();
  const report = verify();
  expect(report).toMatchObject({ ok: true, journal: { events: 10 }, mirror: { entries: 5 } });
  expect(lines()).toHaveLength(5);
  expect(trail.verify(report.head?.journal).ok).toBe(true);
  expect(statSync(mirror).mode & 0o777).toBe(0o600);
});

/** Somebody who can write the file can drop its triggers. */
const TRIGGERS =
  "DROP TRIGGER events_are_final; DROP TRIGGER events_stay; DROP TRIGGER events_follow;";

test.each([
  ["an edit", `UPDATE events SET data = replace(data, 'push', 'pull') WHERE seq = 4`, 4],
  ["an edit of who did it", "UPDATE events SET actor = 'human' WHERE seq = 6", 6],
  ["an event that is no JSON", "UPDATE events SET data = '{' WHERE seq = 3", 3],
  [
    "a second value of a key",
    `UPDATE events SET data = '{"effect":"allow",' || substr(data, 2) WHERE seq = 4`,
    4,
  ],
  ["a changed hash", "UPDATE events SET hash = 'x' WHERE seq = 5", 5],
  ["a deletion", "DELETE FROM events WHERE seq = 4", 4],
  ["the first ones deleted", "DELETE FROM events WHERE seq < 4", 1],
  [
    "two in each other's place",
    "UPDATE events SET seq = 99 WHERE seq = 4; UPDATE events SET seq = 4 WHERE seq = 6; UPDATE events SET seq = 6 WHERE seq = 99",
    4,
  ],
  [
    "one put in twice",
    "INSERT INTO events SELECT 11, 'e_x', time, type, subject, actor, data, hash FROM events WHERE seq = 10",
    11,
  ],
  ["the end cut off", "DELETE FROM events WHERE seq > 7", 8],
  ["all but the first cut off", "DELETE FROM events WHERE seq > 1", 2],
])("in the database %s is found, with its place", async (_what, sql, seq) => {
  const { home, stores, verify } = await kept();
  stores[Symbol.dispose]();
  const db = new Sqlite(join(home, "conductor.db"));
  db.exec(TRIGGERS + sql);
  db.close();
  const report = verify();
  expect(report.ok).toBe(false);
  expect(places(report)).toContain(`journal ${seq}`);
});

type Tamper = (lines: string[]) => readonly (string | undefined)[];

test.each<[string, Tamper, number]>([
  ["an edit", ([a, b = "", ...rest]) => [a, b.replace("push", "pull"), ...rest], 4],
  ["a space more", ([a, b = "", ...rest]) => [a, b.replace('":', '": '), ...rest], 4],
  ["a deletion", ([a, , ...rest]) => [a, ...rest], 4],
  ["the first deleted", ([, ...rest]) => rest, 2],
  ["two in each other's place", ([a, b, c, ...rest]) => [a, c, b, ...rest], 4],
  ["one that stands twice", ([a, b, ...rest]) => [a, b, b, ...rest], 4],
  ["the end cut off", (lines) => lines.slice(0, 3), 8],
  ["all of it gone", () => [], 2],
  ["a line of somebody else", ([a, ...rest]) => [a, "{}", ...rest], 4],
])("in the file %s is found, with its place", async (_what, change, seq) => {
  const { mirror, lines, verify } = await kept();
  writeFileSync(
    mirror,
    change(lines())
      .map((line) => `${line}\n`)
      .join(""),
  );
  expect(places(verify())).toEqual([`mirror ${seq}`]);
});

test("without its head nobody can tell whether the end is there, and that is said", async () => {
  const { headFile, verify } = await kept();
  rmSync(headFile);
  expect(places(verify())).toEqual(["head 0"]);
});

test("database, file and head all cut are found by a head noted elsewhere", async () => {
  const { home, stores, verify, trail, mirror, headFile } = await kept();
  const noted = verify().head?.journal;
  stores[Symbol.dispose]();
  const db = new Sqlite(join(home, "conductor.db"));
  db.exec(`${TRIGGERS} DELETE FROM events WHERE seq > 4`);
  db.close();
  rmSync(mirror);
  rmSync(headFile);
  const next = world(home);
  await (await next.keep())[Symbol.asyncDispose]();
  expect(next.verify().ok).toBe(true);
  expect(places(trail.verify(noted))).toEqual(["journal 5"]);
});

test("a daemon that starts on a cut journal remembers it, also when new events hide the gap", async () => {
  const { home, stores } = await kept();
  stores[Symbol.dispose]();
  const db = new Sqlite(join(home, "conductor.db"));
  db.exec(`${TRIGGERS} DELETE FROM events WHERE seq > 7`);
  db.close();
  const next = world(home);
  const keeper = await next.keep();
  await decide(next.stores, 4, 20);
  await keeper[Symbol.asyncDispose]();
  expect(places(next.verify())).toContain("journal 8");
});

test("a decision is in the file within a second or so, other events wait for company", async () => {
  const { stores, keep, lines, verify } = await kept(1);
  const keeper = await keep();
  await addTerminal(stores, { name: "other" });
  await stores.clock.advance(2_000);
  expect(verify().head?.journal.seq).toBe(2);
  await decide(stores, 1, 20);
  await stores.clock.advance(1_100);
  await vi.waitFor(() => expect(verify().head?.journal.seq).toBe(5));
  expect(lines()).toHaveLength(2);
  await addTerminal(stores, { name: "more" });
  await stores.clock.advance(11_000);
  await vi.waitFor(() => expect(verify().head?.journal.seq).toBe(6));
  await keeper[Symbol.asyncDispose]();
});

test("a file changed under a running daemon is remembered", async () => {
  const { stores, keep, mirror, verify } = await kept();
  const keeper = await keep();
  writeFileSync(mirror, "");
  await decide(stores, 1, 20);
  await keeper[Symbol.asyncDispose]();
  expect(places(verify())).toContain("mirror 10");
});

test("after pruning, what is left is proved, and the file keeps what was pruned", async () => {
  const { stores, keep, verify, lines } = await kept(3);
  const keeper = await keep();
  await stores.clock.advance(60_000);
  await decide(stores, 2, 20);
  await stores.pruneJournal(stores.clock.now(), stores.clock.now());
  await decide(stores, 1, 30);
  await keeper[Symbol.asyncDispose]();
  expect(verify()).toMatchObject({ ok: true, journal: { after: 6, events: 6 } });
  expect(lines()).toHaveLength(6);
});

test("what a crash left of a line is written whole by the next daemon", async () => {
  const { keep, mirror, lines, verify } = await kept();
  const whole = lines();
  writeFileSync(mirror, readFileSync(mirror, "utf8").slice(0, -20));
  // The head had not been written either.
  const made = world();
  await (await made.keep())[Symbol.asyncDispose]();
  writeFileSync(join(mirror, "../head.json"), readFileSync(made.headFile));
  await (await keep())[Symbol.asyncDispose]();
  expect(lines()).toEqual(whole);
  expect(verify().findings).toEqual([]);
});

test.each(AUDIT_FAILPOINTS)("after kill -9 at %s the next daemon catches up", async (failpoint) => {
  const { stores, home, ...first } = await kept(2);
  stores[Symbol.dispose]();
  const source = (name: string) => JSON.stringify(join(import.meta.dirname, "../..", name));
  const script = `
    import { openStores } from ${source("src/drivers/sqlite/index.ts")};
    import { openAuditFiles } from ${source("src/drivers/files/index.ts")};
    import { keepAudit } from ${source("src/daemon/audit-keeper.ts")};
    import { systemClock } from ${source("src/base/clock.ts")};
    import { silentLog } from ${source("src/base/log.ts")};
    const stores = openStores(${JSON.stringify(join(home, "conductor.db"))});
    await keepAudit({
      ...stores, files: openAuditFiles(${JSON.stringify(join(home, "approvals"))}),
      clock: systemClock, log: silentLog,
      failpoint: (name) => name === "${failpoint}" && process.kill(process.pid, "SIGKILL"),
    });
    await stores.decisions.record(${JSON.stringify(newDecision())});
    setTimeout(() => undefined, 10_000);
  `;
  const run = () =>
    execFileSync(process.execPath, ["--input-type=module", "-e", script], { stdio: "pipe" });
  expect(run).toThrow(expect.objectContaining({ signal: "SIGKILL" }));
  expect(first.lines()).toHaveLength(failpoint === "audit.committed" ? 2 : 3);
  expect(first.verify().ok).toBe(true);
  expect([...first.trail.entries()].map(({ seq }) => seq)).toEqual([2, 4, 5]);
  const next = world(home);
  await (await next.keep())[Symbol.asyncDispose]();
  expect(next.lines()).toHaveLength(3);
  expect(next.verify()).toMatchObject({ ok: true, mirror: { entries: 3, head: { seq: 5 } } });
  expect(auditHead.parse(JSON.parse(readFileSync(next.headFile, "utf8"))).journal.seq).toBe(5);
});
