import type { Cell, Colour, Style } from "./cells.ts";
import type { Frame } from "./view.ts";

const ESC = "\x1b";
const codes: Record<Colour, number> = { red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 };

/**
 * The bytes that turn the screen from `before` into `after`: only cells that differ are written.
 * Terminals disagree about the width of what is not ASCII, so the cursor is placed anew after it.
 */
export function renderFrame(
  before: Frame | undefined,
  after: Frame,
  options: { readonly colour: boolean },
): string {
  const isSame =
    before?.size.columns === after.size.columns && before.size.rows === after.size.rows;
  const pen = createPen(options.colour);
  if (!isSame) pen.raw(`${ESC}[0m${ESC}[2J`);
  after.rows.forEach((cells, row) => {
    drawRow(pen, row, { before: isSame ? before.rows[row] : undefined, cells });
  });
  const isCursorSame =
    before?.cursor?.row === after.cursor?.row && before?.cursor?.column === after.cursor?.column;
  if (pen.isEmpty() && isSame && isCursorSame) return "";
  pen.plain();
  if (after.cursor === undefined) pen.raw(`${ESC}[?25l`);
  else pen.raw(`${ESC}[${after.cursor.row + 1};${after.cursor.column + 1}H${ESC}[?25h`);
  return pen.text();
}

function drawRow(
  pen: Pen,
  row: number,
  { before, cells }: { before: readonly Cell[] | undefined; cells: readonly Cell[] },
): void {
  cells.forEach((cell, column) => {
    if (cell.width === 0 || isUntouched(cell, cells, before, column)) return;
    if (cell.width === 2) pen.put(row, column, { text: "  ", width: 2, style: cell.style });
    pen.put(row, column, cell);
  });
}

/** A fresh screen is blank. Either half of a wide character brings the whole of it back. */
function isUntouched(
  cell: Cell,
  cells: readonly Cell[],
  before: readonly Cell[] | undefined,
  column: number,
): boolean {
  if (before === undefined) return cell.text === " " && styleKey(cell.style) === "";
  if (!isEqual(cell, before[column])) return false;
  return cell.width === 1 || isEqual(cells[column + 1], before[column + 1]);
}

function isEqual(left: Cell | undefined, right: Cell | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  return (
    left.text === right.text &&
    left.width === right.width &&
    styleKey(left.style) === styleKey(right.style)
  );
}

function styleKey({ bold, dim, reverse, colour }: Style): string {
  return `${bold ? "b" : ""}${dim ? "d" : ""}${reverse ? "r" : ""}${colour ?? ""}`;
}

interface Pen {
  put(row: number, column: number, cell: { text: string; width: number; style: Style }): void;
  raw(sequence: string): void;
  plain(): void;
  isEmpty(): boolean;
  text(): string;
}

function createPen(colour: boolean): Pen {
  let out = "";
  let at = "";
  let style = "";
  const paint = (next: Style) => {
    const sequence = sgr(next, colour);
    if (sequence !== style) out += sequence === "" ? `${ESC}[0m` : `${ESC}[0;${sequence}m`;
    style = sequence;
  };
  return {
    put: (row, column, cell) => {
      if (at !== `${row}:${column}`) out += `${ESC}[${row + 1};${column + 1}H`;
      paint(cell.style);
      out += cell.text;
      const isAscii = /^[ -~]+$/.test(cell.text);
      at = isAscii && cell.text.length === cell.width ? `${row}:${column + cell.width}` : "";
    },
    raw: (sequence) => {
      out += sequence;
      at = "";
    },
    plain: () => paint({}),
    isEmpty: () => out === "",
    text: () => out,
  };
}

function sgr(style: Style, colour: boolean): string {
  return [
    ...(style.bold ? [1] : []),
    ...(style.dim ? [2] : []),
    ...(style.reverse ? [7] : []),
    ...(colour && style.colour !== undefined ? [codes[style.colour]] : []),
  ].join(";");
}
