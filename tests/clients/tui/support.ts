import { PassThrough } from "node:stream";
import xterm from "@xterm/headless";
import type { Clock } from "../../../src/base/clock.ts";
import type { Size } from "../../../src/clients/tui/cells.ts";
import { decodeKeys } from "../../../src/clients/tui/keys.ts";
import {
  type Effect,
  initialState,
  type PanelEvent,
  type State,
} from "../../../src/clients/tui/state.ts";
import { update } from "../../../src/clients/tui/update.ts";
import type { ApprovalView } from "../../../src/contract/approvals.ts";
import type { TerminalView } from "../../../src/contract/terminals.ts";

export const NOON = new Date(2026, 2, 4, 12, 0, 0).getTime();
export const MINUTE = 60_000;

type ApprovalParts = Partial<Omit<ApprovalView, "action">> & {
  text?: string;
  why?: string | null;
  cwd?: string | null;
};

export function approval(number: number, parts: ApprovalParts = {}): ApprovalView {
  const { text = `command ${number}`, why = null, cwd = null, ...rest } = parts;
  return {
    id: `a_${number}`,
    number,
    terminalId: "t_1",
    terminalName: "dev",
    origin: "screen",
    action: { kind: "command", text, cwd, why },
    hash: `hash-${number}`,
    state: "pending",
    decidedBy: null,
    reason: null,
    createdAt: NOON - 5 * MINUTE + number,
    expiresAt: NOON + 55 * MINUTE,
    decidedAt: null,
    ...rest,
  };
}

/** As the gate asks, with all that it found out. */
export function gated(number: number, about: Partial<ApprovalView["action"]> = {}): ApprovalView {
  const asked = approval(number, { origin: "api", text: "npm test && rm -rf src ../notes" });
  const action: ApprovalView["action"] = {
    ...asked.action,
    cwd: "/src/shop",
    why: "Loses work that may exist nowhere else: deletes /src/shop/src",
    rules: ["global/loses-work"],
    instead: "Commit or copy it first",
    marks: [{ start: 12, end: 31 }],
    targets: [
      {
        says: "deletes /src/shop/src",
        path: "/src/shop/src",
        place: "workspace",
        is: "folder",
        files: 14,
      },
      { says: "deletes /src/notes", path: "/src/notes", place: "outside", is: "nothing" },
    ],
    ...about,
  };
  return { ...asked, action };
}

export function terminal(name: string, parts: Partial<TerminalView> = {}): TerminalView {
  return {
    id: `t_${name}`,
    session: "shop",
    name,
    provider: "scripted",
    profile: null,
    agentId: null,
    labels: [],
    cwd: "/src/shop",
    worktree: null,
    paneId: "%1",
    status: "idle",
    detail: "",
    statusAt: NOON - 2 * MINUTE,
    composer: "empty",
    reason: null,
    exitCode: null,
    turn: null,
    unread: 0,
    pendingApprovals: 0,
    createdAt: NOON - 60 * MINUTE,
    logPath: "/tmp/log",
    gate: "guard",
    ...parts,
  };
}

export function snapshot(
  approvals: readonly ApprovalView[],
  terminals: readonly TerminalView[] = [],
  now: number = NOON,
): PanelEvent {
  return { type: "snapshot", approvals, terminals, now };
}

/** A panel without a terminal: events in, states and effects out, on a clock of its own. */
export class Panel {
  now = NOON;
  state: State;
  readonly effects: Effect[] = [];

  constructor(size: Size = { columns: 80, rows: 24 }) {
    this.state = initialState(size, NOON);
  }

  send(event: PanelEvent): this {
    const step = update(this.state, event);
    this.state = step.state;
    this.effects.push(...step.effects);
    return this;
  }

  show(approvals: readonly ApprovalView[], terminals: readonly TerminalView[] = []): this {
    return this.send(snapshot(approvals, terminals, this.now)).paint();
  }

  paint(): this {
    return this.send({ type: "painted" });
  }

  /** Lets the pause after a move end. */
  wait(ms = 1_000): this {
    this.now += ms;
    return this.send({ type: "tick", now: this.now }).paint();
  }

  /** Each key alone and painted, as when a person types. */
  type(input: string): this {
    for (const key of decodeKeys(input).keys) {
      this.send({ type: "key", key, now: this.now }).paint();
    }
    return this;
  }

  /** All keys before anything is painted, as when something pastes. */
  burst(input: string): this {
    for (const key of decodeKeys(input).keys) this.send({ type: "key", key, now: this.now });
    return this.paint();
  }

  get verdicts(): (Effect & { type: "decide" })[] {
    return this.effects.filter((effect) => effect.type === "decide");
  }

  get notice(): string | undefined {
    return this.state.notice?.text;
  }
}

/** Time that moves only when a test says so; timers run in order. */
export class FakeClock implements Clock {
  #now = NOON;
  #timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.at <= until)
        .toSorted((left, right) => left.at - right.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  }
}

/** The virtual terminal: what a person would see of the bytes. */
export class Virtual {
  readonly terminal: xterm.Terminal;

  constructor({ columns, rows }: Size) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  }

  feed(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.terminal.write(bytes, resolve));
  }

  cell(row: number, column: number): { text: string; colour: number; flags: string } {
    const cell = this.terminal.buffer.active.getLine(row)?.getCell(column);
    if (cell === undefined) throw new Error(`no cell at ${row}:${column}`);
    const flags = [
      cell.isBold() ? "b" : "",
      cell.isDim() ? "d" : "",
      cell.isInverse() ? "r" : "",
    ].join("");
    return {
      text: cell.getChars() === "" && cell.getWidth() > 0 ? " " : cell.getChars(),
      colour: cell.isFgDefault() ? -1 : cell.getFgColor(),
      flags,
    };
  }

  lines(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: this.terminal.rows }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString(true) ?? "").trimEnd(),
    );
  }
}

export interface FakeInput extends PassThrough {
  isTTY: boolean;
  isRaw: boolean;
  setRawMode(isRaw: boolean): void;
}

export function fakeInput(): FakeInput {
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode: (isRaw: boolean) => {
      input.isRaw = isRaw;
    },
  });
  return input;
}

export interface FakeOutput extends PassThrough {
  isTTY: boolean;
  columns: number;
  rows: number;
}

export function fakeOutput(size: Size): FakeOutput {
  return Object.assign(new PassThrough(), { isTTY: true, columns: size.columns, rows: size.rows });
}
