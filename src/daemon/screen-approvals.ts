/**
 * Questions that agents ask in dialogs of their own: each becomes an approval, and a verdict becomes the dialog's key.
 * The row says how far it got before each step that cannot be taken back: verdict, then intent, then the key.
 */
import { assertNever, ConductorError, describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Verdict } from "../contract/approvals.ts";
import {
  type ApprovalFailpoint,
  type ApprovalOutcome,
  type ApprovalRecord,
  nextScreenStep,
  noteQuestion,
  nothingWatched,
  type ScreenAct,
  type ScreenApproval,
  type Watched,
} from "../core/approvals/index.ts";
import type { Journal } from "../core/journal/index.ts";
import type { PaneDriver, Terminal, Terminals } from "../core/terminals/index.ts";
import { type Answer, answerOn, dialogOf, sightOf } from "./screen-dialogs.ts";
import {
  askAbout,
  leftBehind,
  type QuestionPorts,
  questionOf,
  STAYED,
} from "./screen-questions.ts";

export interface ScreenApprovalPorts extends QuestionPorts {
  readonly journal: Journal;
  readonly terminals: () => Terminals;
  readonly driver: Pick<PaneDriver, "keys">;
  readonly log: Logger;
  /** Tells the agent why it was refused; the same key is sent once. */
  readonly tell: (terminalId: string, body: string, dedupeKey: string) => Promise<void>;
  readonly failpoint: ((name: ApprovalFailpoint) => void) | undefined;
}

/** Everything about one terminal happens in one line. */
interface Entry {
  watched: Watched;
  line: Promise<unknown>;
  isQueued: boolean;
  cancelLook: () => void;
}

/** After an error of the store or of tmux: what the screen calls for is tried again. */
const RETRY_MS = 2_000;

export class ScreenApprovals implements Disposable {
  readonly #ports: ScreenApprovalPorts;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Map<string, PromiseWithResolvers<ApprovalRecord>>();
  readonly #unfollow: () => void;
  #isOver = false;

  constructor(ports: ScreenApprovalPorts) {
    this.#ports = ports;
    this.#unfollow = ports.journal.follow((event) => {
      if (event.type === "terminal.status_changed") this.#checkEnded(event.subject);
      if (event.type === "approval.expired") this.#askAgain(event.subject);
    });
  }

  /** What a daemon of before left; called before the first look at any pane. */
  async load(): Promise<void> {
    for (const record of await this.#ports.approvals.unfinished()) {
      if (record.terminalId === null) continue;
      const entry = this.#entry(record.terminalId);
      await this.#replace(entry.watched.approval);
      const approval = await leftBehind(this.#ports.approvals, record);
      entry.watched = { ...nothingWatched, approval };
    }
  }

  /** After adoption: terminals that ended meanwhile ask nothing any more. */
  settleEnded(): void {
    for (const id of this.#entries.keys()) this.#checkEnded(id);
  }

  /** Called after each look at a terminal. */
  observe(terminal: Terminal): void {
    const { id } = terminal.record;
    const dialog = dialogOf(terminal.lastLook);
    const entry = this.#entries.get(id);
    // At once: the look that the line comes to may be a later one.
    if (entry !== undefined) entry.watched = noteQuestion(entry.watched, dialog);
    const isQuiet = entry === undefined || isIdle(entry.watched);
    if (!isQuiet || dialog !== undefined) this.#kick(id);
  }

  /**
   * Stores the verdict, presses its key, and resolves when the dialog is seen to be gone.
   * @throws {ConductorError} `approval.changed`, `approval.decided`, `approval.unanswered`, `pane.not_ready`, `pane.gone`
   */
  async decide(asked: ApprovalRecord, verdict: Verdict, by: string): Promise<ApprovalRecord> {
    const { id, terminalId } = asked;
    if (terminalId === null) throw new Error(`approval ${id} is of no terminal`);
    const { promise } = await this.#inLine(terminalId, async (entry) => {
      const now = await this.#ports.approvals.get(id);
      if (now.state === "pending") {
        refuseStuck(entry, now);
        await this.#look(now, entry, verdict.verdict);
      }
      this.#ports.failpoint?.("approval.before-verdict");
      const decided = await this.#ports.approvals.decide(id, verdict, by, this.#ports.clock.now());
      this.#ports.failpoint?.("approval.after-verdict");
      const waiting = Promise.withResolvers<ApprovalRecord>();
      // It may be rejected before its caller comes to wait for it.
      waiting.promise.catch(() => undefined);
      this.#waiting.set(id, waiting);
      await this.#press(decided, terminalId, entry);
      return waiting;
    });
    return promise;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#unfollow();
    for (const entry of this.#entries.values()) entry.cancelLook();
    const stopped = new ConductorError("daemon.unreachable", "the daemon stops");
    for (const id of this.#waiting.keys()) this.#settle(id, { error: stopped });
  }

  async #look(
    record: ApprovalRecord,
    entry: Entry,
    verdict: Verdict["verdict"],
  ): Promise<Answer & { pane: string }> {
    const terminal = this.#ports.terminals().byId(record.terminalId ?? "");
    const pane = terminal?.record.paneId ?? "";
    if (terminal?.isLive !== true || pane === "") {
      throw new ConductorError("pane.gone", `${record.terminalName} is not there any more`);
    }
    const look = await terminal.look();
    const { approval } = entry.watched;
    const isWatched = approval.state === "asked" && approval.id === record.id;
    const question = isWatched ? approval.question : questionOf(record);
    return { ...answerOn(look, { record, question }, verdict), pane };
  }

  /** The verdict is stored; every way out of here settles it. */
  async #press(decided: ApprovalRecord, terminalId: string, entry: Entry): Promise<void> {
    const { approvals, clock, driver } = this.#ports;
    const { id } = decided;
    const verdict = decided.state === "denied" ? "deny" : "approve";
    let isOnItsWay = false;
    try {
      const { pane, keys, dialog } = await this.#look(decided, entry, verdict);
      await approvals.consume(id, clock.now());
      this.#ports.failpoint?.("approval.after-intent");
      // Before the key: where that fails half-way, the screen will tell what became of it.
      isOnItsWay = true;
      set(entry, { state: "pressed", id, question: dialog, at: clock.now() });
      await driver.keys(pane, keys);
      this.#ports.failpoint?.("approval.after-key");
    } catch (error) {
      if (isOnItsWay && !isRefusal(error)) {
        this.#ports.log.warn({ approval: id, error: describeError(error) }, "a key may be lost");
        return;
      }
      set(entry, { state: "none" });
      this.#settle(id, { error });
      await this.#withdraw(id, describeError(error));
    } finally {
      this.#kick(terminalId);
    }
  }

  /** A question whose key was provably not pressed. */
  async #withdraw(id: string, why: string): Promise<void> {
    const { approvals, clock } = this.#ports;
    const cancelled = await approvals.cancel(id, why, clock.now());
    if (cancelled === undefined) await approvals.finish(id, { outcome: "unpressed", why });
  }

  /** A newer question of the same terminal stands. */
  async #replace(older: ScreenApproval): Promise<void> {
    const why = "another question took its place";
    if (older.state === "none") return;
    if (older.state !== "pressed") return this.#withdraw(older.id, why);
    await this.#ports.approvals.finish(older.id, { outcome: "failed", why });
  }

  #kick(terminalId: string): void {
    const entry = this.#entry(terminalId);
    if (entry.isQueued || this.#isOver) return;
    entry.isQueued = true;
    this.#inLine(terminalId, async () => {
      entry.isQueued = false;
      if (!this.#isOver) await this.#step(terminalId, entry);
    }).catch((error: unknown) => {
      const fields = { terminal: terminalId, error: describeError(error) };
      this.#ports.log.error(fields, "a question on a screen was not handled");
      entry.cancelLook = this.#ports.clock.after(RETRY_MS, () => this.#kick(terminalId));
    });
  }

  async #step(terminalId: string, entry: Entry): Promise<void> {
    const { clock } = this.#ports;
    const terminal = this.#ports.terminals().byId(terminalId);
    const sight = sightOf(terminal, clock.now());
    if (sight === undefined) return;
    const { watched, act, lookInMs } = nextScreenStep(entry.watched, sight);
    entry.watched = watched;
    entry.cancelLook();
    if (act !== undefined) {
      await this.#perform(act, terminalId, entry);
      this.#kick(terminalId);
    } else if (lookInMs !== undefined) {
      entry.cancelLook = clock.after(lookInMs, () => this.#lookAgain(terminal));
    } else if (sight.kind === "ended") this.#entries.delete(terminalId);
  }

  #lookAgain(terminal: Terminal | undefined): void {
    terminal?.look().catch((error: unknown) => {
      const fields = { terminal: terminal.record.id, error: describeError(error) };
      this.#ports.log.warn(fields, "a look at a dialog failed");
    });
  }

  async #perform(act: ScreenAct, terminalId: string, entry: Entry): Promise<void> {
    const { approvals, clock } = this.#ports;
    switch (act.kind) {
      case "ask":
        return this.#ask(terminalId, entry);
      case "press":
        return this.#press(await approvals.get(act.id), terminalId, entry);
      case "withdraw":
        await this.#withdraw(act.id, act.why);
        break;
      case "abandon":
        if ((await approvals.abandon(act.id, act.why, clock.now())) === undefined)
          await approvals.finish(act.id, { outcome: "unpressed", why: act.why });
        break;
      case "answered":
        await this.#finish(act.id, "answered");
        break;
      case "failed":
        await this.#finish(act.id, "failed", act.why);
        break;
      default:
        return assertNever(act);
    }
    set(entry, { state: "none" });
  }

  async #ask(terminalId: string, entry: Entry): Promise<void> {
    const terminal = this.#ports.terminals().byId(terminalId);
    const dialog = dialogOf(terminal?.lastLook);
    if (terminal === undefined || dialog === undefined) return;
    set(entry, await askAbout(this.#ports, terminal.record, dialog));
    this.#ports.failpoint?.("approval.after-request");
  }

  /** The agent is told first: a daemon that finds the row unfinished tells it again, with the same key. */
  async #finish(id: string, outcome: ApprovalOutcome, why?: string): Promise<void> {
    const { approvals } = this.#ports;
    const record = await approvals.get(id);
    if (outcome === "answered") await this.#tellReason(record);
    this.#ports.failpoint?.("approval.before-finish");
    await approvals.finish(id, { outcome, why: why ?? null });
    this.#ports.failpoint?.("approval.after-finish");
    this.#settle(id, why === undefined ? { record } : { error: unanswered(record, why) });
  }

  async #tellReason({ id, state, reason, action, terminalId }: ApprovalRecord): Promise<void> {
    if (state !== "denied" || reason === null || terminalId === null) return;
    const body = `A person denied what you asked for:\n${action.text}\nThe reason: ${reason}`;
    await this.#ports.tell(terminalId, body, `denied:${id}`).catch((error: unknown) => {
      const fields = { approval: id, error: describeError(error) };
      this.#ports.log.warn(fields, "the reason of a denial was not sent");
    });
  }

  #settle(id: string, end: { record: ApprovalRecord } | { error: unknown }): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if ("record" in end) waiting?.resolve(end.record);
    else waiting?.reject(end.error);
  }

  #checkEnded(terminalId: string): void {
    const isLive = this.#ports.terminals().byId(terminalId)?.isLive === true;
    if (!isLive && this.#entries.has(terminalId)) this.#kick(terminalId);
  }

  /** Its dialog still stands there, and an agent that waits is never hidden. */
  #askAgain(approvalId: string): void {
    for (const [terminalId, entry] of this.#entries) {
      const { approval } = entry.watched;
      if (approval.state !== "asked" && approval.state !== "stuck") continue;
      if (approval.id !== approvalId) continue;
      set(entry, { state: "none" });
      this.#kick(terminalId);
    }
  }

  #entry(terminalId: string): Entry {
    const known = this.#entries.get(terminalId);
    if (known !== undefined) return known;
    const entry: Entry = {
      watched: nothingWatched,
      line: Promise.resolve(),
      isQueued: false,
      cancelLook: () => undefined,
    };
    this.#entries.set(terminalId, entry);
    return entry;
  }

  #inLine<T>(terminalId: string, work: (entry: Entry) => Promise<T>): Promise<T> {
    const entry = this.#entry(terminalId);
    const done = entry.line.then(() => work(entry));
    entry.line = done.catch(() => undefined);
    return done;
  }
}

function set(entry: Entry, approval: ScreenApproval): void {
  entry.watched = { ...entry.watched, approval, isUnbroken: true };
}

function isIdle({ approval, shown }: Watched): boolean {
  return approval.state === "none" && shown === "";
}

function refuseStuck({ watched: { approval } }: Entry, asked: ApprovalRecord): void {
  if (approval.state === "stuck" && approval.id === asked.id) throw unanswered(asked, STAYED);
}

function unanswered({ terminalName }: ApprovalRecord, why: string): ConductorError {
  return new ConductorError("approval.unanswered", `${terminalName}: ${why}`, {
    hint: `no further key is pressed: conductor attach ${terminalName}`,
  });
}

/** tmux was asked first and let nothing through. */
function isRefusal(error: unknown): boolean {
  return error instanceof ConductorError && error.code === "pane.not_ready";
}
