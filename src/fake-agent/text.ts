const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
const ZERO_WIDTH = /^(?:\p{M}|[\u200b-\u200f\u2060]|\p{Variation_Selector})$/u;
// Close enough to tmux's table: the live area is drawn without wrapping, so an error here clips, never breaks.
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

/** Text that cannot steer a terminal: a tab becomes spaces, every other control a dot. */
export function plain(text: string): string {
  return text.replaceAll("\t", "    ").replace(CONTROL, "·");
}

/** CR counts as a line end, as in any terminal; the submitted text keeps it. */
export function splitLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

function charWidth(char: string): number {
  if (char < "\u0300") return 1;
  if (ZERO_WIDTH.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** Cuts one plain line into rows of at most `columns` cells; an empty line is one empty row. */
export function wrap(line: string, columns: number): string[] {
  const rows: string[] = [];
  let row = "";
  let width = 0;
  for (const char of line) {
    const cells = charWidth(char);
    if (width + cells > columns && row !== "") {
      rows.push(row);
      row = "";
      width = 0;
    }
    row += char;
    width += cells;
  }
  rows.push(row);
  return rows;
}

export function clip(line: string, columns: number): string {
  return wrap(line, columns)[0] ?? "";
}
