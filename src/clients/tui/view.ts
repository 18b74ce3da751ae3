import { BLANK, type Cell, line, type Size, type Span, type Style } from "./cells.ts";
import { helpRows } from "./help.ts";
import { hintsOf } from "./keymap.ts";
import { type Box, LEAST, layoutOf } from "./layout.ts";
import { questionWindow } from "./question.ts";
import { queueRows } from "./queue.ts";
import { isQuiet, type State } from "./state.ts";
import { teamRows } from "./team.ts";
import { widthOf } from "./text.ts";
import { ageInWords } from "./words.ts";

export interface Frame {
  readonly size: Size;
  /** `size.rows` rows of `size.columns` cells. */
  readonly rows: readonly (readonly Cell[])[];
  readonly cursor: { readonly row: number; readonly column: number } | undefined;
}

/** The whole screen as a value; the same state and size always give the same cells. */
export function view(given: State, size: Size): Frame {
  const state: State = { ...given, size };
  const layout = layoutOf(state);
  const canvas = Array.from({ length: size.rows }, () =>
    Array.from({ length: size.columns }, () => BLANK),
  );
  if (layout.name === "small") {
    tooSmall(size).forEach((cells, row) => void (canvas[row] = cells));
    return { size, rows: canvas, cursor: undefined };
  }
  const put = (rows: readonly (readonly Cell[])[], box: Box) => paste(canvas, rows, box);
  canvas[0] = header(state);
  canvas[size.rows - 1] = footer(state);
  if (layout.name === "help") put(helpRows(state, layout.help), layout.help);
  if (layout.name === "list") {
    put(queueRows(state, layout.queue), layout.queue);
    put(teamRows(state, layout.team), layout.team);
  }
  const box = layout.name === "help" ? undefined : layout.question;
  if (box !== undefined) put(questionRows(state, box), box);
  if (box !== undefined && layout.name === "list") {
    put(...ruleBefore(box));
    if (box.column > 0) put([[JOINT]], { ...layout.team, column: box.column - 2 });
  }
  const field = layout.name === "question" ? layout.field : undefined;
  if (field === undefined || state.mode.name !== "deny") {
    return { size, rows: canvas, cursor: undefined };
  }
  const { cells, column } = reasonField(state.mode.reason, field.width);
  put([cells], field);
  return { size, rows: canvas, cursor: { row: field.row, column } };
}

/** Where the team's title meets the line beside it. */
const JOINT: Cell = { text: "┤", width: 1, style: { dim: true } };

function paste(canvas: Cell[][], rows: readonly (readonly Cell[])[], box: Box): void {
  rows.slice(0, box.height).forEach((cells, index) => {
    canvas[box.row + index]?.splice(box.column, cells.length, ...cells);
  });
}

/** What keeps the question apart from the lists: a line on its left, or one above it. */
function ruleBefore(box: Box): [Cell[][], Box] {
  const style: Style = { dim: true };
  if (box.column === 0) {
    const above = line([{ text: "─".repeat(box.width) }], box.width, style);
    return [[above], { ...box, row: box.row - 1, height: 1 }];
  }
  const rows = Array.from({ length: box.height }, () => line([{ text: "│" }], 1, style));
  return [rows, { ...box, column: box.column - 2, width: 1 }];
}

function tooSmall(size: Size): Cell[][] {
  const words = [
    `too small: ${size.columns}×${size.rows}`,
    `needs ${LEAST.columns}×${LEAST.rows}`,
    "q quits",
  ];
  return words.slice(0, size.rows).map((text) => line([{ text }], size.columns));
}

function header(state: State): Cell[] {
  const { columns } = state.size;
  if (state.link.name === "lost") {
    const since = ageInWords(state.now - state.link.since);
    const spans = [
      {
        text: columns < 60 ? "✕ no daemon, retrying" : "✕ no daemon: trying again, no verdicts now",
      },
      { text: ` (${since}) · ${state.link.why}` },
    ];
    return line(spans, columns, { colour: "red", reverse: true });
  }
  const count = state.queue.length;
  const waits: Span =
    state.link.name === "connecting"
      ? { text: "connecting …", style: { dim: true } }
      : count === 0
        ? { text: "nothing waits", style: { dim: true } }
        : {
            text: `▲ ${count} approval${count === 1 ? " waits" : "s wait"}`,
            style: { colour: "yellow", bold: true },
          };
  return line([{ text: "conductor  ", style: { bold: true } }, waits], columns);
}

/** The one line that says what keys do now, or why they do nothing. */
function footer(state: State): Cell[] {
  const { columns } = state.size;
  if (isQuiet(state) && (state.mode.name === "list" || state.mode.name === "detail")) {
    const what = state.mode.name === "list" ? "list moved" : "read first";
    return line([{ text: `‖ ${what}, keys paused` }], columns, { reverse: true });
  }
  if (state.notice !== undefined && state.now < state.notice.until) {
    const style: Style =
      state.notice.tone === "good" ? { colour: "green" } : { colour: "red", bold: true };
    return line([{ text: state.notice.text, style }], columns);
  }
  return hints(state, columns);
}

function hints(state: State, columns: number): Cell[] {
  const spans: Span[] = [];
  let width = 0;
  for (const hint of hintsOf(state.mode.name, state.queue.length === 0)) {
    const text = `${hint.keys} ${hint.says}`;
    const gap = spans.length === 0 ? 0 : 2;
    if (width + gap + widthOf(text) > columns) continue;
    spans.push({ text: `${" ".repeat(gap)}${hint.keys}`, style: { bold: true } });
    spans.push({ text: ` ${hint.says}`, style: { dim: true } });
    width += gap + widthOf(text);
  }
  return line(spans, columns);
}

function questionRows(state: State, box: Box): Cell[][] {
  const window = questionWindow(state);
  if (window === undefined) return [];
  const rows = window.shown.map((each) => [...each.cells]);
  if (window.below === 0) return rows;
  const sign = `↓ ${window.below} more line${window.below === 1 ? "" : "s"}`;
  return [...rows, line([{ text: sign }], box.width, { reverse: true })];
}

function reasonField(reason: string, width: number): { cells: Cell[]; column: number } {
  const label = "reason: ";
  const room = width - label.length - 1;
  let shown = Array.from(reason);
  while (widthOf(shown.join("")) > room) shown = shown.slice(1);
  const text = shown.join("");
  const cells = line([{ text: label, style: { bold: true } }, { text }], width);
  return { cells, column: label.length + widthOf(text) };
}
