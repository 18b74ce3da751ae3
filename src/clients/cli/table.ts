/** One cell: what is shown, and how it is coloured where colour is wanted (an SGR parameter). */
export type Cell = string | { readonly text: string; readonly sgr: string };

/** Columns padded to their widest cell, two spaces apart, nothing behind the last one. */
export async function table(
  rows: readonly (readonly Cell[])[],
  options: { readonly color: boolean },
): Promise<string> {
  const widths = await measure(rows);
  const columns = rows.reduce<number[]>((widest, row) => {
    row.forEach((cell, at) => {
      const width = widths.get(textOf(cell)) ?? 0;
      if ((widest[at] ?? 0) < width) widest[at] = width;
    });
    return widest;
  }, []);
  const lines = rows.map((row) =>
    row
      .map((cell, at) => {
        const gap = (columns[at] ?? 0) - (widths.get(textOf(cell)) ?? 0);
        return paint(cell, options.color) + " ".repeat(at === row.length - 1 ? 0 : gap);
      })
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

function paint(cell: Cell, color: boolean): string {
  if (typeof cell === "string") return cell;
  return color ? `\x1b[${cell.sgr}m${cell.text}\x1b[0m` : cell.text;
}

/** string-width is loaded only for text that needs it; a short command would pay for it each time. */
async function measure(rows: readonly (readonly Cell[])[]): Promise<Map<string, number>> {
  const texts = new Set(rows.flat().map(textOf));
  const isPlain = [...texts].every((text) => /^[\x20-\x7e]*$/.test(text));
  const width = isPlain ? lengthOf : (await import("string-width")).default;
  return new Map([...texts].map((text) => [text, width(text)]));
}

function lengthOf(text: string): number {
  return text.length;
}
