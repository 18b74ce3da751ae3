/**
 * One live terminal: turns what its pane shows into status and turns, and writes what changed.
 * Everything for one terminal happens in one line, so that a screen never overtakes the one before it.
 */
import type { Clock, Instant } from "../../base/clock.ts";
import { ConductorError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { NewEvent } from "../../contract/events.ts";
import type { Turn } from "../../contract/terminals.ts";
import { retryAtOf } from "../limits/index.ts";
import type { Detection, ScreenInput } from "../providers/index.ts";
import {
  type AgentWord,
  type Heard,
  isOutdated,
  nextHeard,
  resultOf,
  statusOfWord,
} from "./agent-events.ts";
import type { TerminalFailpoint } from "./failpoints.ts";
import type { PaneDriver, Screen } from "./ports.ts";
import {
  explain,
  type Limit,
  nextStatus,
  SCREEN_LAG_MS,
  type StatusSignal,
  startingStatus,
  type TerminalStatus,
} from "./status.ts";
import type { StatusChange, TerminalRecord, TerminalStore, TurnChange } from "./store.ts";
import { nextTurn, type OpenTurn, TURN_BEGIN_MS, TURN_SETTLE_MS } from "./turns.ts";

/** How this terminal's provider reads a screen. */
export interface ScreenReader {
  detect(input: ScreenInput): Detection;
  /** Milliseconds without change after which a `generic` CLI counts as idle; absent for all others. */
  readonly stableMs: number | undefined;
  /** An agent that turns idle is believed once its screen has stood still for that long. */
  readonly settleMs: number;
  /** An answer can be read from its screens. */
  readonly answers: boolean;
}

export interface TerminalPorts {
  readonly driver: PaneDriver;
  readonly store: TerminalStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly reader: (provider: string) => ScreenReader;
  /** Called after each look, changed or not; delivery and approvals hang on it. */
  readonly observed: (terminal: Terminal, look: Look) => void;
  /** Called once its end is stored: it exited, or was lost. */
  readonly ended: (terminal: Terminal) => void;
  readonly failpoint?: ((name: TerminalFailpoint) => void) | undefined;
  /** The machine's time zone, by which agents tell the time; else UTC. */
  readonly zone?: (() => string) | undefined;
}

/** One reading of the pane, and what the provider's rules made of it. */
export interface Look {
  readonly screen: Screen;
  readonly detection: Detection;
  readonly status: TerminalStatus;
}

/** Lines of history that are read once when a turn ends, for an answer longer than the screen. */
const ANSWER_LINES = 2_000;
/** A screen that never stands still is believed after that many readings. */
const MAX_SETTLE_READS = 5;
const NOTICE_CHARS = 1_000;
const QUIET_MS = 2_000;
const STORE_RETRY_MS = 1_000;
const NOT_WRITTEN = "status not written";

export class Terminal {
  readonly #ports: TerminalPorts;
  #record: TerminalRecord;
  #status: TerminalStatus;
  #turn: OpenTurn | undefined;
  #lastTurn: Turn | undefined;
  #heard: Heard | undefined;
  #look: Look | undefined;
  #line: Promise<unknown> = Promise.resolve();
  #cancelQuiet: () => void = () => undefined;
  #cancelSettle: () => void = () => undefined;
  #cancelRetry: () => void = () => undefined;
  #cancelLag: () => void = () => undefined;
  /** Why commands of its are held, oldest first. */
  readonly #holds: { readonly rule: string }[] = [];
  #isRestarting = false;
  #isLeaving = false;
  #isStopping = false;

  constructor(ports: TerminalPorts, record: TerminalRecord, lastTurn?: Turn) {
    this.#ports = ports;
    this.#record = record;
    const limit = record.why.find((each) => each.limit !== undefined)?.limit;
    this.#status = { ...startingStatus(record.statusAt), ...statusOf(record), limit };
    this.#lastTurn = lastTurn;
    this.#turn = openTurn(lastTurn);
  }

  get record(): TerminalRecord {
    return this.#record;
  }
  get status(): TerminalStatus {
    return this.#status;
  }
  get turn(): Turn | undefined {
    return this.#lastTurn;
  }
  /** When it took the last prompt that was heard of. */
  get promptedAt(): Instant | undefined {
    return this.#heard?.promptAt;
  }
  get lastLook(): Look | undefined {
    return this.#look;
  }
  get isLive(): boolean {
    return this.#status.status !== "exited" && this.#status.status !== "lost";
  }

  /** Nobody sees it: its agent is driven without a screen, and says itself how it is. */
  get isPaneless(): boolean {
    return (this.#record.launch.connector ?? "tmux") !== "tmux";
  }

  /** When the limit is over that keeps it from working; undefined where there is none, or it says no time. */
  get retryAt(): Instant | undefined {
    const { status, detail, limit } = this.#status;
    return status === "idle" && detail === "limited" ? (limit?.retryAt ?? undefined) : undefined;
  }

  /** Its end is no end: it can be launched again under its id, and what waits for it waits on. */
  get comesBack(): boolean {
    return this.#isRestarting || this.#status.status === "lost";
  }

  /** A screen that the driver read. */
  onScreen(screen: Screen): Promise<void> {
    return this.#inLine(async () => {
      await this.#see(screen);
    });
  }

  /** Reads the pane now, judges it, and resolves with what was seen. */
  look(): Promise<Look> {
    return this.#inLine(async () => {
      const screen = await this.#ports.driver.capture(this.#pane());
      return this.#see(screen);
    });
  }

  onSignal(signal: Exclude<StatusSignal, { kind: "screen" }>): Promise<void> {
    return this.#inLine(() => this.#apply(nextStatus(this.#status, signal), signal.at));
  }

  /** The agent's own word: evidence for the status, and the end of its turn with the answer whole. */
  hear(word: AgentWord): Promise<void> {
    return this.#inLine(async () => {
      if (!this.isLive || isOutdated(this.#heard, word)) return;
      this.#heard = nextHeard(this.#heard, word);
      const { source, event } = word;
      const at = this.#ports.clock.now();
      const said = statusOfWord(event);
      const signal: StatusSignal =
        said === undefined
          ? { kind: "unsaid", source, at }
          : { kind: "agent", source, at, ...said, limit: this.#limit(noticeOf(event), word.at) };
      await this.#apply(nextStatus(this.#status, signal), at);
      if (said === undefined) this.#lookAgain();
      else this.#lookOnceCaughtUp();
    });
  }

  /** The store started a turn for a delivered message: from here on its end is looked for. */
  turnStarted(turn: Turn): void {
    this.#lastTurn = turn;
    // Its receipt may have taken long: the time to show that it works counts from now.
    this.#turn = openTurn({ ...turn, startedAt: this.#ports.clock.now() });
    this.#cancelSettle();
    this.#cancelSettle = this.#ports.clock.after(TURN_SETTLE_MS + 50, () => this.#lookAgain());
    // A quick agent was done before the delivery was stored.
    if (this.#saidEnd() !== undefined) this.#lookAgain();
  }

  /** A command of its is kept waiting for a human, until the returned function is called. */
  hold(rule: string): () => void {
    const hold = { rule };
    this.#holds.push(hold);
    this.#tellHolds();
    return () => {
      const index = this.#holds.indexOf(hold);
      if (index < 0) return;
      this.#holds.splice(index, 1);
      this.#tellHolds();
    };
  }

  /** Someone asked the agent to stop: the turn will end as interrupted. */
  markInterrupted(): void {
    if (this.#turn !== undefined) this.#turn = { ...this.#turn, interrupted: true };
  }

  /** It is being interrupted, and what it puts back cleared: a text typed meanwhile would go with that. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  markStopping(isStopping: boolean): void {
    this.#isStopping = isStopping;
  }

  /** It is asked to leave: nothing else is typed into it. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  markLeaving(isLeaving: boolean): void {
    this.#isLeaving = isLeaving;
  }

  /** It is stopped only to be started again. */
  markRestarting(): void {
    this.#isRestarting = true;
  }

  async patch(
    patch: Parameters<TerminalStore["update"]>[1],
    event: NewEvent | null,
  ): Promise<void> {
    this.#record = await this.#ports.store.update(this.#record.id, patch, event);
  }

  /** Its CLI has named the session that it can be resumed by. */
  async knowSession(id: string): Promise<void> {
    const { launch } = this.#record;
    if (launch.agentSession === id) return;
    await this.patch({ launch: { ...launch, agentSession: id } }, null);
  }

  close(): void {
    this.#cancelQuiet();
    this.#cancelSettle();
    this.#cancelRetry();
    this.#cancelLag();
  }

  /** Resolves when everything before has been handled. */
  settled(): Promise<void> {
    return this.#inLine(async () => undefined);
  }

  /** Its pane is not there any more: tmux may give the same id to another one. */
  forgetPane(): Promise<void> {
    return this.#inLine(async () => {
      if (this.#record.paneId === null) return;
      const none = { paneId: null, pid: null };
      this.#record = { ...this.#record, ...none };
      this.#record = await this.#ports.store.update(this.#record.id, none, null);
    });
  }

  #pane(): string {
    const { paneId, name, status } = this.#record;
    if (paneId !== null) return paneId;
    throw new ConductorError("pane.gone", `${name} has no pane, it is ${status}`, {
      hint: `conductor restart ${name}`,
    });
  }

  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#line.then(work);
    this.#line = done.catch(() => undefined);
    return done;
  }

  #tellHolds(): void {
    const at = this.#ports.clock.now();
    const first = this.#holds[0];
    const told = this.#inLine(async () => {
      if (!this.isLive) return;
      const signal: StatusSignal =
        first === undefined ? { kind: "released", at } : { kind: "held", at, rule: first.rule };
      await this.#apply(nextStatus(this.#status, signal), at);
    });
    told.then(
      () => {
        if (first === undefined) this.#lookAgain();
      },
      (error: unknown) => {
        this.#ports.log.error({ terminal: this.#record.id, error: String(error) }, NOT_WRITTEN);
      },
    );
  }

  #lookAgain(): void {
    if (!this.isLive || this.isPaneless) return;
    this.look().catch((error: unknown) => {
      this.#ports.log.warn(
        { terminal: this.#record.id, error: String(error) },
        "a look at the pane failed",
      );
    });
  }

  /** A screen that stands still would never be asked whether it still says otherwise. */
  #lookOnceCaughtUp(): void {
    const { decidedBy, status } = this.#status;
    const isWord = decidedBy === "hook" || decidedBy === "transcript";
    this.#cancelLag();
    if (isWord && this.#look?.detection.status !== status)
      this.#cancelLag = this.#ports.clock.after(SCREEN_LAG_MS + 50, () => this.#lookAgain());
  }

  async #see(read: Screen): Promise<Look> {
    const reader = this.#ports.reader(this.#record.provider);
    const screen = await this.#settled(read, reader.settleMs);
    const detection = this.#detect(screen, this.#lastTurn !== undefined);
    const limit = this.#limit(detection.notice, screen.takenAt);
    const signal = { ...toSignal(detection, screen, this.#turn !== undefined), limit };
    // For a CLI that lives by stability only a change is news: what silence said, holds until then.
    const isStill = reader.stableMs !== undefined && isSame(this.#look?.screen, screen);
    const isQuiet = isStill && this.#status.decidedBy === "silence";
    const next = isQuiet ? this.#status : nextStatus(this.#status, signal);
    await this.#apply(next, screen.takenAt, screen);
    if (!isStill) this.#waitForQuiet(reader, screen.takenAt);
    const look: Look = { screen, detection, status: this.#status };
    this.#look = look;
    this.#lookOnceCaughtUp();
    this.#ports.observed(this, look);
    return look;
  }

  /**
   * CLIs say in the title that they stopped and draw the rest after it: the last lines of an answer,
   * or the dialog for which they stopped.
   */
  #limit(text: string | undefined, at: Instant): Limit | undefined {
    if (text === undefined) return undefined;
    const notice = text.slice(0, NOTICE_CHARS);
    if (notice === this.#status.limit?.notice) return this.#status.limit;
    return { notice, retryAt: retryAtOf(notice, at, this.#ports.zone?.() ?? "UTC") ?? null };
  }

  async #settled(read: Screen, settleMs: number): Promise<Screen> {
    let screen = read;
    const wasBusy = this.#status.status === "working" || this.#status.status === "waiting";
    if (!wasBusy || settleMs === 0) return screen;
    for (let reads = 0; reads < MAX_SETTLE_READS; reads += 1) {
      const { status, lastMessage } = this.#detect(screen, true);
      if (status !== "idle") return screen;
      await this.#pause(settleMs);
      const before = screen;
      screen = await this.#ports.driver.capture(this.#pane());
      const isStill = screen.text === before.text && screen.title === before.title;
      // A turn without an answer is rare, an answer that is drawn late is not.
      if (isStill && (this.#turn === undefined || lastMessage !== undefined)) return screen;
    }
    return screen;
  }

  #detect({ text, title, command, dead }: Screen, dispatched: boolean): Detection {
    const reader = this.#ports.reader(this.#record.provider);
    return reader.detect({ screen: text, title, command, dead, dispatched });
  }

  #pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ports.clock.after(delayMs, resolve);
    return promise;
  }

  #waitForQuiet(reader: ScreenReader, from: Instant): void {
    this.#cancelQuiet();
    if (!this.isLive) return;
    const forMs = reader.stableMs ?? QUIET_MS;
    const meansIdle = reader.stableMs !== undefined;
    this.#cancelQuiet = this.#ports.clock.after(forMs, () => {
      const at = from + forMs;
      this.onSignal({ kind: "quiet", at, forMs, meansIdle })
        .then(() => {
          if (this.#look !== undefined)
            this.#ports.observed(this, { ...this.#look, status: this.#status });
        })
        .catch((error: unknown) => {
          this.#ports.log.error({ terminal: this.#record.id, error: String(error) }, NOT_WRITTEN);
        });
    });
  }

  async #apply(next: TerminalStatus, seenAt: Instant, screen?: Screen): Promise<void> {
    const before = this.#status;
    const change = await this.#turnChange(next, seenAt);
    const same =
      before.status === next.status &&
      before.detail === next.detail &&
      before.limit?.retryAt === next.limit?.retryAt;
    this.#status = next;
    if (same && change === undefined) {
      this.#record = { ...this.#record, composer: next.composer, why: explain(next) };
      return;
    }
    const stored = toChange(this.#record, next, screen);
    const event = same ? null : this.#event(before, next);
    if (change?.kind === "end") this.#ports.failpoint?.("turn.before-end");
    try {
      this.#record = await this.#ports.store.changeStatus(this.#record.id, stored, event, change);
    } catch (error) {
      // What could not be stored has not happened yet: it will once the store takes it.
      this.#status = before;
      this.#applyLater(next, screen);
      throw error;
    }
    if (change?.kind === "end") this.#ports.failpoint?.("turn.after-end");
    this.#takeTurn(change);
    if (!same && !this.isLive) this.#ports.ended(this);
  }

  #applyLater(next: TerminalStatus, screen: Screen | undefined): void {
    this.#cancelRetry();
    this.#cancelRetry = this.#ports.clock.after(STORE_RETRY_MS, () => {
      const isEnd = next.status === "exited" || next.status === "lost";
      // Of an agent that goes on the present counts; an end is not seen twice.
      if (!isEnd) return this.#lookAgain();
      const now = this.#ports.clock.now();
      this.#inLine(() => this.#apply(next, now, screen)).catch(() => undefined);
    });
  }

  async #turnChange(next: TerminalStatus, seenAt: Instant): Promise<TurnChange | undefined> {
    const turn = this.#turn;
    if (turn === undefined) return undefined;
    const said = this.#saidEnd();
    if (said !== undefined) {
      const state = turn.interrupted ? "interrupted" : said.state;
      const result = resultOf(said) ?? (state === "completed" ? await this.#answer() : null);
      return { kind: "end", turnId: turn.id, state, result, endedAt: seenAt };
    }
    const step = nextTurn(turn, next, seenAt);
    if (step.kind === "stay") return undefined;
    if (step.kind === "run") return { kind: "run", turnId: turn.id };
    const result = await this.#answer();
    if (result === null && next.status === "idle" && this.#mayStillBegin(turn, seenAt)) {
      return undefined;
    }
    return { kind: "end", turnId: turn.id, state: step.state, result, endedAt: seenAt };
  }

  /** When the last turn's message was typed. */
  get #typedAt(): Instant {
    return this.#lastTurn?.startedAt ?? 0;
  }

  /** How the agent says that the open turn went; a word of before it was typed is of another. */
  #saidEnd(): Heard["end"] {
    const { promptAt = -1, end } = this.#heard ?? {};
    return promptAt >= this.#typedAt ? end : undefined;
  }

  /** A slow CLI may show for seconds neither that it works nor an answer. */
  #mayStillBegin(turn: OpenTurn, seenAt: Instant): boolean {
    const { answers } = this.#ports.reader(this.#record.provider);
    const leftMs = turn.startedAt + TURN_BEGIN_MS - seenAt;
    if (!answers || turn.state !== "submitted" || turn.interrupted || leftMs <= 0) return false;
    this.#cancelSettle();
    this.#cancelSettle = this.#ports.clock.after(leftMs, () => this.#lookAgain());
    return true;
  }

  /** The agent's own words where they are known; else what stands on the screen. */
  async #answer(): Promise<Turn["result"]> {
    const { promptAt = -1, answer } = this.#heard ?? {};
    if (promptAt >= this.#typedAt && answer !== undefined) return answer;
    return this.isPaneless ? null : this.#readAnswer();
  }

  /** Reads history once, since an answer can be longer than the screen. */
  async #readAnswer(): Promise<Turn["result"]> {
    try {
      const screen = await this.#ports.driver.capture(this.#pane(), { historyLines: ANSWER_LINES });
      const text = this.#detect(screen, true).lastMessage ?? "";
      return text === "" ? null : { text, source: "screen" };
    } catch (error) {
      this.#ports.log.warn(
        { terminal: this.#record.id, error: String(error) },
        "no answer could be read",
      );
      return null;
    }
  }

  #takeTurn(change: TurnChange | undefined): void {
    const turn = this.#turn;
    if (change === undefined || turn === undefined || this.#lastTurn === undefined) return;
    if (change.kind === "run") {
      this.#lastTurn = { ...this.#lastTurn, state: "running" };
      this.#turn = { ...turn, state: "running" };
    }
    if (change.kind === "end") {
      const { state, result, endedAt } = change;
      this.#lastTurn = { ...this.#lastTurn, state, result, endedAt };
      this.#turn = undefined;
      this.#cancelSettle();
    }
  }

  #event(before: TerminalStatus, next: TerminalStatus): NewEvent {
    return {
      type: "terminal.status_changed",
      subject: this.#record.id,
      actor: "daemon",
      data: {
        name: this.#record.name,
        from: before.status,
        status: next.status,
        detail: next.detail,
        source: next.decidedBy,
        ...(next.detail === "limited" && { retryAt: next.limit?.retryAt ?? null }),
      },
    };
  }
}

function noticeOf(event: AgentWord["event"]): string | undefined {
  return event.kind === "turnEnded" && event.detail === "limited" ? event.notice : undefined;
}

function isSame(before: Screen | undefined, now: Screen): boolean {
  return (
    before !== undefined &&
    before.text === now.text &&
    before.title === now.title &&
    before.command === now.command &&
    before.inMode === now.inMode &&
    before.dead === now.dead
  );
}

function statusOf(
  record: TerminalRecord,
): Pick<TerminalStatus, "status" | "detail" | "composer" | "since"> {
  return {
    status: record.status,
    detail: record.detail,
    composer: record.composer,
    since: record.statusAt,
  };
}

function openTurn(turn: Turn | undefined): OpenTurn | undefined {
  if (turn === undefined || (turn.state !== "submitted" && turn.state !== "running"))
    return undefined;
  return {
    id: turn.id,
    messageId: turn.messageId,
    state: turn.state,
    startedAt: turn.startedAt,
    interrupted: false,
  };
}

function toSignal(detection: Detection, screen: Screen, turnOpen: boolean): StatusSignal {
  if (screen.dead) return { kind: "dead", at: screen.takenAt, exitCode: screen.exitCode ?? null };
  const { detail, rule, composer } = detection;
  const { source, status } = detection;
  const seen = { kind: "screen", at: screen.takenAt, detail, rule, composer, turnOpen } as const;
  // A shell in front of a live pane: the agent's wrapper before its start, or an agent left alone.
  if (source === "process") return { ...seen, source: "none", status: "unknown" };
  return { ...seen, source, status };
}

function toChange(
  record: TerminalRecord,
  next: TerminalStatus,
  screen: Screen | undefined,
): StatusChange {
  const [decided] = explain(next).filter((item) => item.decided);
  const ended = next.status === "exited" || next.status === "lost" || next.status === "error";
  return {
    status: next.status,
    detail: next.detail,
    composer: next.composer,
    statusAt: next.since,
    reason: ended ? (decided?.rule ?? null) : null,
    exitCode: next.status === "exited" ? (screen?.exitCode ?? record.exitCode) : null,
    why: explain(next),
  };
}
