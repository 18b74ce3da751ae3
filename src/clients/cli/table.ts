/** One cell: what is shown, and how it is coloured where colour is wanted (an SGR parameter). */
export type Cell = string | { readonly text: string; readonly sgr: string };

export interface TableOptions {
  readonly color: boolean;
  /** The terminal's width, where the reader is one: no line gets longer. */
  readonly columns?: number | undefined;
  /** Groups of columns to cut, in this order; in a group the widest goes first. Then all others. */
  readonly cut?: readonly (readonly number[])[];
  /** Columns that are cut last of all: what a person types again is of no use in part. */
  readonly keep?: readonly number[];
}

const GAP = 2;
const LEAST_CUT = 8;

/** Columns padded to their widest cell, two spaces apart, nothing behind the last one. */
export async function table(
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): Promise<string> {
  const measured = await measure(rows);
  const widths = fitted(widest(rows, measured), options);
  const lines = rows.map((row) =>
    row
      .map((cell, at) => {
        const room = widths[at] ?? 0;
        const shown = cutTo(cell, room, measured);
        const gap = " ".repeat(Math.max(0, room - measured(textOf(shown))));
        return paint(shown, options.color) + gap;
      })
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

type Measure = (text: string) => number;

function widest(rows: readonly (readonly Cell[])[], measured: Measure): number[] {
  return rows.reduce<number[]>((widths, row) => {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, measured(textOf(cell)));
    });
    return widths;
  }, []);
}

/** Takes columns off until the line fits: those that may be cut, then whatever is widest. */
function fitted(
  natural: readonly number[],
  { columns, cut = [], keep = [] }: TableOptions,
): number[] {
  const widths = [...natural];
  if (columns === undefined) return widths;
  const room = columns - GAP * (widths.length - 1);
  const all = widths.map((_, at) => at);
  const others = all.filter((at) => !keep.includes(at));
  for (const group of cut) shrink(widths, group, { room, least: LEAST_CUT });
  shrink(widths, others, { room, least: 1 });
  shrink(widths, all, { room, least: 1 });
  return widths;
}

function shrink(
  widths: number[],
  group: readonly number[],
  { room, least }: { readonly room: number; readonly least: number },
): void {
  while (sum(widths) > room) {
    const at = group.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
    const width = at === undefined ? 0 : (widths[at] ?? 0);
    if (at === undefined || width <= least) return;
    widths[at] = width - 1;
  }
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0);
}

function cutTo(cell: Cell, room: number, measured: Measure): Cell {
  const text = textOf(cell);
  if (measured(text) <= room) return cell;
  const kept = Array.from(text);
  while (kept.length > 0 && measured(kept.join("")) > room - 1) kept.pop();
  const shown = `${kept.join("")}…`;
  return typeof cell === "string" ? shown : { ...cell, text: shown };
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

function paint(cell: Cell, color: boolean): string {
  if (typeof cell === "string") return cell;
  return color ? `\x1b[${cell.sgr}m${cell.text}\x1b[0m` : cell.text;
}

/** string-width is loaded only for text that needs it; a short command would pay for it each time. */
async function measure(rows: readonly (readonly Cell[])[]): Promise<Measure> {
  const isPlain = rows.flat().every((cell) => /^[\x20-\x7e]*$/.test(textOf(cell)));
  if (isPlain) return (text) => text.replace("…", ".").length;
  const width = (await import("string-width")).default;
  return (text) => width(text);
}
