import { randomBytes } from "node:crypto";
import type { Clock, Instant } from "../../base/clock.ts";
import { ConductorError, describeError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { PaneFacts, PaneSignal, Screen } from "../../core/terminals/index.ts";
import {
  type Command,
  captureHistory,
  captureScreen,
  continuePane,
  nudgeReaping,
  pausePane,
  readFacts,
  startPaneLog,
} from "./commands.ts";
import { type LaunchNote, readRow, sameFacts } from "./facts.ts";
import type { SessionLink } from "./link.ts";
import { unescapeInPlace } from "./octal.ts";
import { bracketedByLog, prepareLog } from "./pane-log.ts";
import { PaneReader } from "./pane-reader.ts";
import { SerialQueue } from "./serial-queue.ts";
import { createStreamScan } from "./stream-scan.ts";

/** The pane's shell prints the marker before it ends; by these times it has ended. */
const ENDING_MS = [10, 60, 250, 600] as const;
/** tmux calls a pane dead when its terminal closes, and learns its exit code a moment later. */
const CODE_IS_LATE_MS = 1500;
const CODE_LOOKS_MS = [20, 100, 300, 800, CODE_IS_LATE_MS] as const;
const NUDGE_AFTER_MS = 80;

export interface PanePorts {
  readonly link: SessionLink;
  readonly clock: Clock;
  readonly log: Logger;
  readonly emit: (signal: PaneSignal) => void;
  /** tmux says that the pane is not there. */
  readonly gone: () => void;
}

export interface PanePlace {
  readonly windowId: string;
  readonly note: LaunchNote;
  readonly facts: PaneFacts;
  /** Where its log stood when it was made; undefined of a pane that was there before. */
  readonly logFrom: number | undefined;
}

/** One agent's pane as it is followed: its output as a hint, its screen and facts as read. */
export class Pane {
  readonly input = new SerialQueue();
  readonly windowId: string;
  readonly #ports: PanePorts;
  readonly #note: LaunchNote;
  readonly #reader: PaneReader;
  readonly #logFrom: number;
  readonly #scan: ReturnType<typeof createStreamScan>;
  #facts: PaneFacts;
  /** Undefined where that may have been said before we listened. */
  #isBracketed: boolean | undefined;
  #marks = 0;
  #markedCode: number | undefined;
  #deadSince: Instant | undefined;

  constructor(ports: PanePorts, { windowId, note, facts, logFrom }: PanePlace) {
    this.#ports = ports;
    this.#note = note;
    this.windowId = windowId;
    this.#facts = facts;
    this.#logFrom = logFrom ?? 0;
    if (logFrom !== undefined) this.#isBracketed = false;
    this.#scan = createStreamScan(note.nonce);
    this.#reader = new PaneReader({
      clock: ports.clock,
      read: () => this.#readAndTell(),
      pause: () => this.#tell(pausePane(this.paneId)),
      resume: () => {
        this.#tell(continuePane(this.paneId));
        void this.recall();
      },
    });
  }

  get paneId(): string {
    return this.#facts.paneId;
  }

  get session(): string {
    return this.#note.session;
  }

  get link(): SessionLink {
    return this.#ports.link;
  }

  get isBracketed(): boolean {
    return this.#isBracketed === true;
  }

  /** False where its app is known not to have asked for brackets. */
  get mayBeBracketed(): boolean {
    return this.#isBracketed !== false;
  }

  /** Takes one piece of the pane's output, still escaped; it is changed in place. */
  output(data: Uint8Array): void {
    this.#reader.output(data.length);
    for (const mark of this.#scan(unescapeInPlace(data))) {
      this.#marks += 1;
      if (mark.kind === "bracketed") this.#isBracketed = mark.isOn;
      else this.#exiting(mark.code);
    }
  }

  pausedByTmux(): void {
    this.#reader.pausedByTmux();
  }

  /** Starts afresh on a new connection. */
  restart(): void {
    this.#deadSince = undefined;
    this.#reader.restart();
    void this.recall();
  }

  /** Takes the bracketed-paste state from the log where output was missed. */
  async recall(): Promise<void> {
    const before = this.#marks;
    const isOn = await bracketedByLog(this.#note.logPath, this.#logFrom);
    if (this.#marks === before && isOn !== undefined) this.#isBracketed = isOn;
  }

  /** Takes facts that tmux told, and tells of them if they are new. */
  learn(told: PaneFacts): PaneFacts {
    const facts = told.dead && told.exitCode === undefined ? this.#withoutCode(told) : told;
    if (sameFacts(facts, this.#facts)) return facts;
    const hasDied = facts.dead && !this.#facts.dead;
    this.#facts = facts;
    this.#ports.emit({ kind: "facts", facts });
    if (hasDied) this.#reader.markDirty();
    return facts;
  }

  async startLog(): Promise<void> {
    const { logPath } = this.#note;
    prepareLog(logPath);
    await this.link.run([startPaneLog(this.paneId, logPath)]);
  }

  async readFacts(): Promise<PaneFacts> {
    const seal = newSeal();
    const [reply] = await this.link.run([readFacts(this.paneId, seal)]);
    return this.#takeFacts(reply, seal);
  }

  async capture(historyLines = 0): Promise<Screen> {
    const seal = newSeal();
    const id = this.paneId;
    const capture = historyLines > 0 ? captureHistory(id, historyLines) : captureScreen(id);
    const [screen, reply] = await this.link.run([capture, readFacts(id, seal)]);
    const { title, command, inMode, dead, exitCode } = this.#takeFacts(reply, seal);
    const text = Buffer.from(screen ?? []).toString("utf8");
    const takenAt = this.#ports.clock.now();
    return { text, takenAt, title, command, inMode, dead, exitCode };
  }

  dispose(): void {
    this.#reader.dispose();
  }

  async #readAndTell(): Promise<void> {
    try {
      const screen = await this.capture();
      const flooding = this.#reader.isFlooding();
      this.#ports.emit({ kind: "screen", paneId: this.paneId, screen, flooding });
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Facts without their seal mean that a text on the screen was taken for the end of a reply. */
  #takeFacts(reply: Uint8Array | undefined, seal: string): PaneFacts {
    const text = Buffer.from(reply ?? []).toString("utf8");
    if (!text.startsWith(`${seal}\t`)) {
      this.link.distrust("a reply did not carry its seal");
      throw new ConductorError("tmux.lost", "the reply of tmux cannot be trusted");
    }
    const row = readRow(text.slice(seal.length + 1));
    if (row === undefined) throw new ConductorError("pane.gone", `pane ${this.paneId} is gone`);
    return this.learn(row.ours?.facts ?? this.#facts);
  }

  #withoutCode(dead: PaneFacts): PaneFacts {
    if (this.#markedCode !== undefined) return { ...dead, exitCode: this.#markedCode };
    const now = this.#ports.clock.now();
    if (this.#deadSince === undefined) {
      for (const delayMs of CODE_LOOKS_MS) this.#reader.lookAgainIn(delayMs);
    } else if (now - this.#deadSince >= NUDGE_AFTER_MS) this.#tell(nudgeReaping());
    this.#deadSince ??= now;
    return now - this.#deadSince < CODE_IS_LATE_MS ? { ...dead, dead: false } : dead;
  }

  #exiting(exitCode: number): void {
    this.#ports.emit({ kind: "exiting", paneId: this.paneId, exitCode });
    this.#markedCode = exitCode;
    for (const delayMs of ENDING_MS) this.#reader.lookAgainIn(delayMs);
  }

  #tell(command: Command): void {
    this.link.run([command]).catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    if (error instanceof ConductorError && error.code === "pane.gone") return this.#ports.gone();
    const fields = { paneId: this.paneId, error: describeError(error) };
    this.#ports.log.debug(fields, "a pane could not be read");
  }
}

function newSeal(): string {
  return randomBytes(9).toString("hex");
}
