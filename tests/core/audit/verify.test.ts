import { expect, test } from "vitest";
import type { AuditEntry, AuditHead, ChainLink } from "../../../src/contract/audit.ts";
import type { JournalEvent } from "../../../src/contract/events.ts";
import { entryOf, lineOf, verifyAudit } from "../../../src/core/audit/index.ts";
import { chainHash } from "../../../src/core/journal/index.ts";

const NONE: ChainLink = { seq: 0, hash: "" };

/** Four events of which 1, 2 and 4 belong into the mirror, as a daemon leaves them. */
function world() {
  const events = ["decision.made", "approval.requested", "terminal.launched", "decision.made"].map(
    (type, at): JournalEvent => ({
      seq: at + 1,
      id: `e_${at + 1}`,
      time: at,
      type,
      subject: "s",
      actor: "daemon",
      data: {},
    }),
  );
  let hash = "";
  const rows = events.map((event) => {
    hash = chainHash(hash, event);
    return { seq: event.seq, hash, event };
  });
  let prev = "";
  const entries = rows
    .filter(({ event }) => event.type !== "terminal.launched")
    .map(({ event, hash: link }): AuditEntry => {
      const entry = entryOf(event, link, prev);
      prev = entry.hash;
      return entry;
    });
  const head: AuditHead = {
    v: 1,
    time: 0,
    journal: { seq: 4, hash },
    mirror: { seq: 4, hash: prev, bytes: 1 },
    breaks: [],
  };
  return { rows, entries, head };
}

function findings(
  change: (made: ReturnType<typeof world>) => Partial<Parameters<typeof verifyAudit>[0]> & {
    readonly entries?: readonly AuditEntry[];
  },
) {
  const made = world();
  const { entries = made.entries, ...sources } = change(made);
  const lines = entries.map((entry) => lineOf(entry).trimEnd());
  const { head, rows } = made;
  return verifyAudit({ head, rows, lines, start: NONE, ...sources }).findings;
}

test("what was left alone has no fault, and neither has what is empty", () => {
  expect(findings(() => ({}))).toEqual([]);
  expect(findings(() => ({ head: undefined, rows: [], entries: [] }))).toEqual([]);
});

test("without a head nobody can tell whether the end was cut off", () => {
  expect(findings(() => ({ head: undefined }))).toMatchObject([{ part: "head", seq: 0 }]);
  expect(findings(() => ({ head: undefined, rows: [] }))).toMatchObject([
    { part: "head", seq: 0 },
    { part: "journal", seq: 1, says: "and all after it are cut off: the mirror holds 1" },
  ]);
});

test("a pruned journal vouches for the events that it still has", () => {
  const pruned = ({ rows, entries }: ReturnType<typeof world>) => {
    const [, second, ...rest] = rows;
    return { start: { seq: 2, hash: second?.hash ?? "" }, rows: rest, entries };
  };
  expect(findings(pruned)).toEqual([]);
  expect(
    findings((made) => ({ ...pruned(made), noted: { seq: 2, hash: made.rows[1]?.hash ?? "" } })),
  ).toEqual([]);
  expect(findings((made) => ({ ...pruned(made), noted: { seq: 2, hash: "x" } }))).toMatchObject([
    { part: "journal", seq: 2, says: expect.stringContaining("history was rewritten") },
  ]);
  // Of what was pruned only the mirror's own chain can tell.
  expect(
    findings((made) => ({
      ...pruned(made),
      entries: made.entries.map((one) => (one.seq === 2 ? { ...one, actor: "human" } : one)),
    })),
  ).toMatchObject([{ part: "mirror", seq: 2, says: "was changed (line 2)" }]);
  expect(findings((made) => ({ ...pruned(made), lines: ["x"] }))).toMatchObject([
    { part: "mirror", seq: 1, says: "cannot be read as it was written (line 1)" },
  ]);
});

test("a line that follows another one than it says is found", () => {
  const forged = ({ rows, entries }: ReturnType<typeof world>) => ({
    entries: entries.map((one) => {
      const row = rows[one.seq - 1];
      return one.seq === 2 && row !== undefined ? entryOf(row.event, row.hash, "x") : one;
    }),
  });
  expect(findings(forged)).toMatchObject([
    { part: "mirror", seq: 2, says: "does not follow from the line before (line 2)" },
  ]);
});

test("a mirror that is whole in itself, yet another one than the head says, is found", () => {
  const other = { head: { ...world().head, mirror: { seq: 4, hash: "x", bytes: 1 } } };
  expect(findings(() => other)).toMatchObject([
    { part: "mirror", seq: 4, says: expect.stringContaining("another one than head.json says") },
  ]);
});

test("a cut end is found by the head even where the journal lost it too", () => {
  expect(
    findings(({ rows, entries, head }) => ({
      head: { ...head, journal: { seq: 2, hash: rows[1]?.hash ?? "" } },
      rows: rows.slice(0, 2),
      entries: entries.slice(0, 2),
    })),
  ).toMatchObject([
    { part: "mirror", seq: 3, says: expect.stringContaining("head.json says the file went to 4") },
  ]);
});
