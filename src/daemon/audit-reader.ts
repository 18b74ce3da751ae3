/** The audit trail as any process can read it: no daemon is asked, and nothing is written. */
import { existsSync } from "node:fs";
import { ConductorError } from "../base/errors.ts";
import type { Paths } from "../base/paths.ts";
import type { AuditEntry, AuditTrail } from "../contract/audit.ts";
import { entryOf, isAudited, readLine, verifyAudit } from "../core/audit/index.ts";
import { readAuditHead, readAuditLines } from "../drivers/files/index.ts";
import { type JournalSnapshot, snapshotJournal } from "../drivers/sqlite/index.ts";

/** @throws {ConductorError} `not_found` where no daemon ever ran */
export function openTrail({
  database,
  approvals,
}: Pick<Paths, "database" | "approvals">): AuditTrail {
  if (!existsSync(database)) {
    throw new ConductorError("not_found", `${database} is not there: nothing was recorded yet`, {
      hint: "conductor daemon start",
    });
  }
  return {
    head: () => readAuditHead(approvals),
    verify: (noted) => {
      // In this order, so that nothing written meanwhile looks like a change.
      const head = readAuditHead(approvals);
      const lines = readAuditLines(approvals);
      return withSnapshot(database, (journal) =>
        verifyAudit({ head, lines, start: journal.start, rows: journal.rows(), noted }),
      );
    },
    entries: () => entries(database, approvals),
    terminalsCalled: (name) => withSnapshot(database, (journal) => journal.terminalsCalled(name)),
  };
}

function* entries(database: string, approvals: string): Generator<AuditEntry> {
  let last = { seq: 0, hash: "" };
  for (const line of readAuditLines(approvals)) {
    const entry = readLine(line);
    if (entry === undefined) continue;
    last = entry;
    yield entry;
  }
  const journal = snapshotJournal(database);
  try {
    for (const { event, hash } of journal.rows()) {
      if (event === undefined || event.seq <= last.seq || !isAudited(event.type)) continue;
      const entry = entryOf(event, hash, last.hash);
      last = entry;
      yield entry;
    }
  } finally {
    journal[Symbol.dispose]();
  }
}

function withSnapshot<T>(database: string, work: (journal: JournalSnapshot) => T): T {
  const journal = snapshotJournal(database);
  try {
    return work(journal);
  } finally {
    journal[Symbol.dispose]();
  }
}
