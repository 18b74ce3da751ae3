import type { Instant } from "../../base/clock.ts";
import type { ApprovalView } from "../../contract/approvals.ts";
import { GRANT_MS } from "../../contract/grants.ts";
import { aboutAction, grantInWords } from "../words/approval.ts";
import { type Cell, cellsOf, fit, line, type Style, unitCells } from "./cells.ts";
import { layoutOf, questionBox } from "./layout.ts";
import { queueColumns, rowsTextWidth } from "./queue.ts";
import { type Held, heldOf, type ReadMark, type State, selected } from "./state.ts";
import { longestStart, type Unit, widthOf, wrapExact, wrapWords } from "./text.ts";
import { ageInWords } from "./words.ts";

/** One line of a question; lines of the command say which part of its text they show. */
export interface QuestionLine {
  readonly cells: readonly Cell[];
  readonly part?: { readonly start: number; readonly end: number };
}

const quiet: Style = { dim: true };

/** Who asks, the whole command, where it would run, and why it is asked. */
export function questionLines(held: Held, width: number, now: Instant): QuestionLine[] {
  const { approval, fate } = held;
  return [
    { cells: titleLine(approval, width, now) },
    ...(fate === undefined ? [] : prose(fate, width, { reverse: true })),
    ...commandLines(approval, width),
    ...(approval.action.cwd === null ? [] : prose(`in ${approval.action.cwd}`, width, quiet)),
    ...aboutLines(approval, width),
    ...prose(expiry(approval, now), width, quiet),
  ];
}

/** What Enter would allow, before anything else is read. */
function grantLines({ mode, now }: State, { approval }: Held, width: number): QuestionLine[] {
  if (mode.name !== "always") return [];
  const words = `always: ${grantInWords(approval, now + GRANT_MS)}`;
  return prose(words, width, { reverse: true });
}

function aboutLines(approval: ApprovalView, width: number): QuestionLine[] {
  return aboutAction(approval).flatMap(({ label, text }) =>
    prose(`${label}: ${text}`, width, label === "vote" ? { reverse: true } : {}),
  );
}

function titleLine(approval: ApprovalView, width: number, now: Instant): Cell[] {
  const who = approval.terminalName ?? approval.origin;
  const age = ageInWords(now - approval.createdAt);
  return line([{ text: `#${approval.number} ${who} · ${approval.action.kind} · ${age}` }], width, {
    bold: true,
  });
}

function expiry(approval: ApprovalView, now: Instant): string {
  const left = approval.expiresAt - now;
  return left > 0 ? `expires in ${ageInWords(left)}` : "expired";
}

/** A command of 100 kB takes half a second to cut; it is cut once, not at every tick. */
const cutCommands = new WeakMap<ApprovalView, { width: number; lines: QuestionLine[] }>();

function commandLines(approval: ApprovalView, width: number): QuestionLine[] {
  const known = cutCommands.get(approval);
  if (known?.width === width) return known.lines;
  const lines = cutCommand(approval.action, width);
  cutCommands.set(approval, { width, lines });
  return lines;
}

/** What makes it risky. In reverse too: without colours it must stand out all the same. */
const MARK: Style = { bold: true, colour: "red", reverse: true };

/** A bar on the left keeps the command apart from what is said about it. */
function cutCommand({ text, marks = [] }: ApprovalView["action"], width: number): QuestionLine[] {
  const isMarked = ({ end }: Unit) => marks.some((mark) => end > mark.start && end <= mark.end);
  let start = 0;
  return wrapExact(text, width - 2).map(({ units, end }) => {
    const cells = [
      ...cellsOf("│ ", { colour: "yellow" }),
      ...units.flatMap((unit) => unitCells(unit, isMarked(unit) ? MARK : { bold: true })),
    ];
    const part = { start, end };
    start = end;
    return { cells: fit(cells, width), part };
  });
}

function prose(text: string, width: number, style: Style = {}): QuestionLine[] {
  return wrapWords(text, width).map((units) => ({
    cells: fit(
      units.flatMap((unit) => unitCells(unit, style)),
      width,
    ),
  }));
}

export interface QuestionWindow {
  readonly shown: readonly QuestionLine[];
  readonly top: number;
  /** How far `top` can go. */
  readonly lowest: number;
  /** Lines under the window; a sign of its own tells them, so that it hides no command. */
  readonly below: number;
}

export function questionWindow(state: State): QuestionWindow | undefined {
  const box = questionBox(state);
  const held = heldOf(state);
  if (box === undefined || held === undefined) return undefined;
  const lines = [
    ...grantLines(state, held, box.width),
    ...questionLines(held, box.width, state.now),
  ];
  const lowest = Math.max(0, lines.length - box.height);
  const top = Math.max(0, Math.min(state.top, lowest));
  const height = lines.length - top > box.height ? box.height - 1 : box.height;
  const shown = lines.slice(top, top + height);
  return { shown, top, lowest, below: lines.length - top - shown.length };
}

/** What has been on the screen once the present view is painted. */
export function readMark(state: State): ReadMark | undefined {
  const held = heldOf(state);
  if (held === undefined || layoutOf(state).name === "small") return state.read;
  const { id, hash, action } = held.approval;
  const before = hasMark(state.read, held.approval) ? state.read.upTo : 0;
  const window = questionWindow(state);
  if (window === undefined) {
    const isWhole = state.mode.name === "list" && fitsRow(state);
    return { id, hash, upTo: isWhole ? action.text.length : before };
  }
  let upTo = before;
  for (const { part } of window.shown) {
    if (part !== undefined && part.start <= upTo) upTo = Math.max(upTo, part.end);
  }
  return { id, hash, upTo };
}

export function isReadWhole(state: State, approval: ApprovalView): boolean {
  return hasMark(state.read, approval) && state.read.upTo >= approval.action.text.length;
}

function hasMark(read: ReadMark | undefined, approval: ApprovalView): read is ReadMark {
  return read?.id === approval.id && read.hash === approval.hash;
}

/** In one column the row is all that is shown of a command. */
function fitsRow(state: State): boolean {
  const approval = selected(state);
  if (approval === undefined) return false;
  const room = rowsTextWidth(queueColumns(state), state.size.columns);
  return approval.action.text.length <= longestStart(room) && widthOf(approval.action.text) <= room;
}
