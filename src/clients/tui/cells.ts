import { unitsOf } from "./text.ts";

/** The sixteen colours every terminal has, as far as the panel uses them. */
export type Colour = "red" | "green" | "yellow" | "blue" | "cyan";

export interface Style {
  readonly colour?: Colour;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly reverse?: boolean;
}

/** One column of the screen. A wide character is followed by a cell of width 0. */
export interface Cell {
  readonly text: string;
  readonly width: 0 | 1 | 2;
  readonly style: Style;
}

export interface Span {
  readonly text: string;
  readonly style?: Style;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export const PLAIN: Style = {};
export const BLANK: Cell = { text: " ", width: 1, style: PLAIN };

/** Every character that is drawn comes through here: what cannot be seen is spelled out. */
export function cellsOf(text: string, style: Style = PLAIN): Cell[] {
  return unitsOf(text).flatMap((unit) => unitCells(unit, style));
}

export function unitCells(
  unit: { text: string; width: number; marked: boolean },
  style: Style,
): Cell[] {
  if (unit.marked) {
    const marked: Style = { ...style, reverse: style.reverse !== true };
    return Array.from(unit.text, (text): Cell => ({ text, width: 1, style: marked }));
  }
  if (unit.width === 1) return [{ text: unit.text, width: 1, style }];
  return [
    { text: unit.text, width: 2, style },
    { text: "", width: 0, style },
  ];
}

/** Exactly `columns` cells: longer lines end in `…`, shorter ones in blanks of `fill`. */
export function fit(cells: readonly Cell[], columns: number, fill: Style = PLAIN): Cell[] {
  if (columns <= 0) return [];
  if (cells.length <= columns) {
    const blank: Cell = { text: " ", width: 1, style: fill };
    return [...cells, ...Array.from({ length: columns - cells.length }, () => blank)];
  }
  const kept = cells.slice(0, columns - 1);
  const last = kept.at(-1);
  // Half of a wide character cannot be drawn.
  if (last?.width === 2) kept[kept.length - 1] = { text: " ", width: 1, style: last.style };
  return [...kept, { text: "…", width: 1, style: last?.style ?? fill }];
}

export function line(spans: readonly Span[], columns: number, fill: Style = PLAIN): Cell[] {
  return fit(
    spans.flatMap((span) => cellsOf(span.text, span.style ?? fill)),
    columns,
    fill,
  );
}
