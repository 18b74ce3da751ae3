import type { AuditFinding, AuditHead, AuditReport, ChainLink } from "../../contract/audit.ts";
import { ChainCheck, type StoredLink } from "../journal/index.ts";
import { isAudited, isGenuine, readLine } from "./entry.ts";

/** To be read in this order, so that nothing a daemon writes meanwhile looks like a change. */
export interface AuditSources {
  readonly head: AuditHead | undefined;
  /** The mirror's complete lines. */
  readonly lines: Iterable<string>;
  /** The last event that was pruned. */
  readonly start: ChainLink;
  readonly rows: Iterable<StoredLink>;
  /** A head that somebody noted elsewhere. */
  readonly noted?: ChainLink | undefined;
}

/** Compares journal, mirror and head with themselves and with each other; of each the first thing that is wrong. */
export function verifyAudit(sources: AuditSources): AuditReport {
  const { head, start, noted } = sources;
  const journal = readJournal(sources);
  const mirror = new MirrorCheck(journal, head);
  for (const line of sources.lines) mirror.next(line);
  const anchors = [
    ...(head === undefined ? [] : [{ link: head.journal, whose: "head.json" }]),
    ...(noted === undefined ? [] : [{ link: noted, whose: "the head you gave" }]),
  ];
  const isEmpty = journal.last.seq === 0 && mirror.entries === 0;
  const findings: AuditFinding[] = [
    ...(head?.breaks ?? []).map(({ part, seq, says }) => ({ part, seq, says })),
    ...(head === undefined && !isEmpty ? [HEADLESS] : []),
    ...journal.findings,
    ...anchors.flatMap(({ link, whose }) => checkAnchor(journal, link, whose)),
    ...mirror.end(),
  ];
  return {
    ok: findings.length === 0,
    journal: { events: journal.hashes.length, after: start.seq, head: journal.last },
    mirror: { entries: mirror.entries, head: mirror.last },
    head: head ?? null,
    findings,
  };
}

const HEADLESS: AuditFinding = {
  part: "head",
  seq: 0,
  says: "head.json is missing or unreadable, so nobody can tell whether the end was cut off",
};

interface ReadJournal {
  readonly start: ChainLink;
  readonly last: ChainLink;
  /** By place after `start`, in the order they stand in. */
  readonly hashes: readonly string[];
  readonly audited: readonly ChainLink[];
  readonly findings: readonly AuditFinding[];
}

function readJournal({ start, rows }: AuditSources): ReadJournal {
  const chain = new ChainCheck(start);
  const hashes: string[] = [];
  const audited: ChainLink[] = [];
  let first: AuditFinding | undefined;
  for (const row of rows) {
    const wrong = chain.next(row);
    if (wrong !== undefined) first ??= { part: "journal", ...wrong };
    hashes[row.seq - start.seq - 1] = row.hash;
    if (row.event !== undefined && isAudited(row.event.type)) audited.push(row);
  }
  return { start, last: chain.last, hashes, audited, findings: first === undefined ? [] : [first] };
}

function checkAnchor(
  { start, last, hashes }: ReadJournal,
  { seq, hash }: ChainLink,
  whose: string,
): AuditFinding[] {
  if (seq > last.seq) {
    const says = `and all after it are cut off: ${whose} says the journal went to ${seq}`;
    return [{ part: "journal", seq: last.seq + 1, says }];
  }
  const found = seq === start.seq ? start.hash : hashes[seq - start.seq - 1];
  if (seq < start.seq || found === hash) return [];
  return [
    { part: "journal", seq, says: `is another one than ${whose} says: history was rewritten` },
  ];
}

/** Walks the mirror beside the journal's own list of what must be in it. */
class MirrorCheck {
  entries = 0;
  #last: ChainLink = { seq: 0, hash: "" };
  #finding: AuditFinding | undefined;
  #at = 0;
  #isAnchored: boolean;
  readonly #journal: ReadJournal;
  readonly #head: AuditHead | undefined;

  constructor(journal: ReadJournal, head: AuditHead | undefined) {
    this.#journal = journal;
    this.#head = head;
    this.#isAnchored = head === undefined || head.mirror.seq === 0;
  }

  get last(): ChainLink {
    return this.#last;
  }

  next(line: string): void {
    this.entries += 1;
    if (this.#finding !== undefined) return;
    this.#finding = this.#wrong(line);
  }

  end(): AuditFinding[] {
    this.#finding ??= this.#cut();
    return this.#finding === undefined ? [] : [this.#finding];
  }

  #wrong(line: string): AuditFinding | undefined {
    const entry = readLine(line);
    const { seq: before, hash: previous } = this.#last;
    const due = this.#due();
    const { start, last } = this.#journal;
    // Of what was pruned the journal cannot say which event is due.
    const named = before < start.seq ? undefined : due?.seq;
    const finding = (seq: number, says: string): AuditFinding => ({
      part: "mirror",
      seq,
      says: `${says} (line ${this.entries})`,
    });
    if (entry === undefined)
      return finding(named ?? before + 1, "cannot be read as it was written");
    if (entry.seq <= before) return finding(entry.seq, "stands twice or out of order");
    if (due !== undefined && entry.seq > due.seq)
      return finding(due.seq, "is missing or out of order");
    if (entry.prev !== previous) return finding(entry.seq, "does not follow from the line before");
    if (!isGenuine(entry)) return finding(named ?? entry.seq, "was changed");
    if (entry.seq > last.seq) {
      return {
        part: "journal",
        seq: last.seq + 1,
        says: `and all after it are cut off: the mirror holds ${entry.seq}`,
      };
    }
    if (entry.seq > start.seq && (due?.seq !== entry.seq || due.hash !== entry.link)) {
      return finding(entry.seq, "says something else than the journal");
    }
    this.#last = { seq: entry.seq, hash: entry.hash };
    const anchor = this.#head?.mirror;
    if (anchor?.seq === entry.seq) {
      if (anchor.hash !== entry.hash)
        return finding(entry.seq, "is another one than head.json says");
      this.#isAnchored = true;
    }
    return undefined;
  }

  /** The event of the journal that the next line must hold, unless that one is older than the journal. */
  #due(): ChainLink | undefined {
    const { audited } = this.#journal;
    while ((audited[this.#at]?.seq ?? Infinity) <= this.#last.seq) this.#at += 1;
    return audited[this.#at];
  }

  #cut(): AuditFinding | undefined {
    const head = this.#head;
    if (head === undefined) return undefined;
    const { last } = this.#journal;
    const due = this.#journal.audited.find(({ seq }) => seq > this.#last.seq);
    const isDue = due !== undefined && due.seq <= Math.min(head.journal.seq, last.seq);
    if (this.#isAnchored && !isDue) return undefined;
    const says = `and all after it are cut off: head.json says the file went to ${head.mirror.seq}`;
    return { part: "mirror", seq: due?.seq ?? this.#last.seq + 1, says };
  }
}
