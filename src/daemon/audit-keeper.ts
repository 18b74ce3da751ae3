/** Keeps the audit file and the head beside the journal: after commits, and at the start what a daemon before left undone. */
import type { Clock } from "../base/clock.ts";
import { describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { AuditEntry, AuditFinding, AuditHead, ChainLink } from "../contract/audit.ts";
import {
  type AuditJournal,
  entryOf,
  holds,
  isAudited,
  lineOf,
  readLine,
} from "../core/audit/index.ts";
import type { Journal } from "../core/journal/index.ts";
import type { AuditFiles } from "../drivers/files/index.ts";

export interface AuditKeeperPorts {
  readonly journal: Pick<Journal, "follow">;
  readonly audit: AuditJournal;
  readonly files: AuditFiles;
  readonly clock: Clock;
  readonly log: Logger;
  readonly failpoint?: ((name: string) => void) | undefined;
}

/** Where a test may end the daemon: the events are committed, then their lines, then the head. */
export const AUDIT_FAILPOINTS = ["audit.committed", "audit.mirrored"] as const;

const SOON_MS = 50;
const PAUSE_MS = 1_000;
/** Of events that only the head counts: each flush waits for the disk, and so may what is written meanwhile. */
const OTHERS_PAUSE_MS = 10_000;
const BATCH = 500;
const MAX_BREAKS = 100;

type Mirror = AuditHead["mirror"];

/** Resolves when what the journal holds is mirrored and anchored. */
export async function keepAudit(ports: AuditKeeperPorts): Promise<AsyncDisposable> {
  const keeper = new AuditKeeper(ports);
  await keeper.start();
  return keeper;
}

class AuditKeeper implements AsyncDisposable {
  readonly #ports: AuditKeeperPorts;
  #head: AuditHead;
  #after: number;
  #lastAt = 0;
  #due: number | undefined;
  #isBusy = false;
  #again: number | undefined;
  #isOver = false;
  #isLate = false;
  #cancel: (() => void) | undefined;
  #unfollow: (() => void) | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(ports: AuditKeeperPorts) {
    this.#ports = ports;
    const found = firstHead(ports);
    this.#head = found;
    this.#after = Math.min(found.mirror.seq, ports.audit.head().seq);
  }

  async start(): Promise<void> {
    await this.#flush(true);
    this.#unfollow = this.#ports.journal.follow(({ type }) =>
      this.#arm(isAudited(type) ? PAUSE_MS : OTHERS_PAUSE_MS),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#unfollow?.();
    this.#cancel?.();
    await this.#work;
    await this.#flush();
  }

  #arm(pauseMs: number): void {
    if (this.#isBusy) {
      this.#again = Math.min(this.#again ?? Infinity, pauseMs);
      return;
    }
    const { clock } = this.#ports;
    const now = clock.now();
    const due = Math.max(now + SOON_MS, this.#lastAt + pauseMs);
    if (this.#due !== undefined && this.#due <= due) return;
    this.#cancel?.();
    this.#due = due;
    this.#cancel = clock.after(due - now, () => {
      this.#work = this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#due = undefined;
    this.#isBusy = true;
    await this.#flush();
    this.#isBusy = false;
    const again = this.#isLate ? OTHERS_PAUSE_MS : this.#again;
    this.#again = undefined;
    if (!this.#isOver && again !== undefined) this.#arm(again);
  }

  async #flush(isFirst = false): Promise<void> {
    const { audit, clock, log, files } = this.#ports;
    this.#lastAt = clock.now();
    try {
      // Before the first line: a file without a head is taken for one whose head was removed.
      if (isFirst) await files.writeHead(this.#head);
      const head = audit.head();
      const wasRewritten = !holds(audit, this.#head.journal);
      if (!wasRewritten && head.seq === this.#head.journal.seq) return;
      if (wasRewritten) {
        this.#broke(rewritten(this.#head.journal, head));
        this.#after = Math.min(this.#after, head.seq);
      }
      await audit.settle();
      await this.#mirror(head);
      this.#head = { ...this.#head, time: clock.now(), journal: head };
      await files.writeHead(this.#head);
      this.#isLate = false;
    } catch (error) {
      if (!this.#isLate) {
        log.error({ error: describeError(error) }, "the audit file lags behind the journal");
      }
      this.#isLate = true;
    }
  }

  async #mirror(head: ChainLink): Promise<void> {
    const { audit, files, failpoint } = this.#ports;
    for (;;) {
      const events = audit.audited(this.#after, head.seq, BATCH);
      if (events.length === 0) return;
      failpoint?.("audit.committed");
      const { mirror } = this.#head;
      if (files.bytes() !== mirror.bytes) this.#broke(changedBehind(mirror));
      let { seq, hash } = mirror;
      const lines = events.map(({ event, link }) => {
        const entry = entryOf(event, link, hash);
        ({ seq, hash } = entry);
        return lineOf(entry);
      });
      await files.append(lines.join(""));
      failpoint?.("audit.mirrored");
      this.#head = { ...this.#head, mirror: { seq, hash, bytes: files.bytes() } };
      this.#after = seq;
    }
  }

  #broke(finding: AuditFinding): void {
    this.#ports.log.error({ finding }, "the audit trail was changed behind the daemon's back");
    this.#head = withBreaks(this.#head, [finding], this.#ports.clock.now());
  }
}

/** What the daemon before left, with what is not as it left it. */
function firstHead({ files, audit, clock, log }: AuditKeeperPorts): AuditHead {
  files.dropUnfinished();
  const now = clock.now();
  const known = files.readHead();
  const last = lastLine(files, files.bytes());
  const end = last ?? known?.mirror ?? { seq: 0, hash: "" };
  const mirror = { seq: end.seq, hash: end.hash, bytes: files.bytes() };
  const nothing = { seq: 0, hash: "" };
  if (known === undefined) {
    const head: AuditHead = { v: 1, time: now, journal: nothing, mirror, breaks: [] };
    const isNew = mirror.bytes === 0;
    return isNew ? head : withBreaks(head, [HEADLESS], now);
  }
  const anchored = lastLine(files, known.mirror.bytes);
  const isKept =
    (known.mirror.bytes === 0 || anchored?.hash === known.mirror.hash) &&
    (mirror.bytes === 0 || last !== undefined);
  const findings = [
    ...(isKept ? [] : [changedBehind(known.mirror)]),
    ...(holds(audit, known.journal) ? [] : [rewritten(known.journal, audit.head())]),
  ];
  for (const finding of findings) log.error({ finding }, "the audit trail was changed meanwhile");
  const journal = findings.length === 0 ? known.journal : audit.head();
  return withBreaks({ ...known, journal, mirror }, findings, now);
}

function lastLine(files: AuditFiles, end: number): AuditEntry | undefined {
  const line = files.lineBefore(end);
  return line === undefined ? undefined : readLine(line);
}

const HEADLESS: AuditFinding = {
  part: "head",
  seq: 0,
  says: "was missing or unreadable when a daemon started",
};

function rewritten(was: ChainLink, is: ChainLink): AuditFinding {
  const isCut = is.seq < was.seq;
  return {
    part: "journal",
    seq: isCut ? is.seq + 1 : was.seq,
    says: isCut
      ? `and all after it were cut off: the journal had gone to ${was.seq}`
      : "was rewritten: a daemon had seen another event there",
  };
}

function changedBehind(mirror: Mirror): AuditFinding {
  const says = `or one before it was changed or cut off: the file had ${mirror.bytes} bytes up to it`;
  return { part: "mirror", seq: mirror.seq, says };
}

function withBreaks(head: AuditHead, findings: readonly AuditFinding[], time: number): AuditHead {
  const breaks = [...head.breaks, ...findings.map((finding) => ({ ...finding, time }))];
  return { ...head, breaks: breaks.slice(0, MAX_BREAKS) };
}
