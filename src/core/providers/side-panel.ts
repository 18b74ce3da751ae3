/** A panel beside the text is on the same rows as the text: rules must not read across. */

export type SidePanel =
  /** It begins where this character stands in most rows. */
  | { readonly border: string; readonly minColumn: number }
  /** It begins where this stands in the last row. */
  | { readonly mark: RegExp; readonly minColumn: number };

export function cutSidePanel(lines: string[], panel: SidePanel | undefined): string[] {
  if (panel === undefined) return lines;
  return "mark" in panel ? cutAtMark(lines, panel) : cutAtBorder(lines, panel);
}

/** At least this share of the rows must have the border in one column to make a panel. */
const PANEL_SHARE = 0.6;

function cutAtBorder(
  lines: string[],
  { border, minColumn }: { readonly border: string; readonly minColumn: number },
): string[] {
  const counts = new Map<number, number>();
  for (const line of lines) {
    for (let at = line.indexOf(border, minColumn); at >= 0; at = line.indexOf(border, at + 1)) {
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
  }
  const [column, rows] = [...counts].reduce(
    (best, next) => (next[1] > best[1] ? next : best),
    [0, 0],
  );
  if (rows < Math.max(6, lines.length * PANEL_SHARE)) return lines;
  // Wide characters shift the index of the border to the left by their count.
  return lines.map((line) => {
    const at = line.lastIndexOf(border, column);
    return at >= 0 && column - at <= 20 ? line.slice(0, at).trimEnd() : line;
  });
}

function cutAtMark(
  lines: string[],
  { mark, minColumn }: { readonly mark: RegExp; readonly minColumn: number },
): string[] {
  const last = lines.at(-1) ?? "";
  const at = last.search(mark);
  if (at < minColumn) return lines;
  const column = cellsOf(last.slice(0, at));
  return lines.map((line) => line.slice(0, indexAt(line, column)).trimEnd());
}

const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += WIDE.test(character) ? 2 : 1;
  return cells;
}

/** The index of the character that stands in a column of the screen. */
function indexAt(line: string, column: number): number {
  if (!WIDE.test(line)) return column;
  let cells = 0;
  let index = 0;
  for (const character of line) {
    if (cells >= column) break;
    cells += WIDE.test(character) ? 2 : 1;
    index += character.length;
  }
  return index;
}
