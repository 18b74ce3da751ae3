/**
 * A captured pane as text. A capture may be plain or carry SGR escapes (`capture-pane -e`); the
 * escapes go, but which cells were dim or reversed stays known, since a placeholder is told from a
 * draft by that alone.
 */
import { cutSidePanel, type SidePanel } from "./side-panel.ts";

/** One mark per character of a line: `n` normal, `d` dim, `r` reversed. */
export type Marks = string;

export interface Screen {
  readonly lines: readonly string[];
  /** Undefined when the capture had no escapes. Lines as long as the untrimmed text. */
  readonly marks: () => readonly Marks[] | undefined;
}

export interface ScreenShape {
  /** Characters of a scroll bar in the last column. */
  readonly scrollBar: string | undefined;
  /** A panel to the right, on the rows of the text. */
  readonly sidePanel: SidePanel | undefined;
}

const ESCAPES =
  /\u001B(?:\[[0-9;:?<=>]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[PX^_][^\u001B]*(?:\u001B\\)?|[ -/]*[0-~])/g;
/** Zero-width marks that CLIs put around glyphs and cursors: they differ between versions. */
const INVISIBLE = /\u200B|\uFE0E|\uFE0F/g;

export function readScreen(raw: string, shape: ScreenShape): Screen {
  const colored = raw.includes("\u001B");
  const text = (colored ? raw.replace(ESCAPES, "") : raw).replace(INVISIBLE, "");
  const lines = text.split("\n").map((line) => line.trimEnd());
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  return {
    lines: cutSidePanel(stripScrollBar(lines, shape.scrollBar), shape.sidePanel),
    marks: () => (colored ? readMarks(raw) : undefined),
  };
}

function stripScrollBar(lines: string[], characters: string | undefined): string[] {
  if (characters === undefined) return lines;
  return lines.map((line) => {
    const last = line.at(-1);
    return last !== undefined && characters.includes(last) ? line.slice(0, -1).trimEnd() : line;
  });
}

const PIECES = /\u001B\[([0-9;:]*)m|\u001B(?:[^[]|\[[^@-~]*[@-~])|\n|[^\u001B\n]+/g;

/** tmux carries attributes from one line into the next, so the whole capture is read in order. */
function readMarks(raw: string): Marks[] {
  const rows: string[] = [];
  let row = "";
  let dim = false;
  let reverse = false;
  for (const [piece, parameters] of raw.matchAll(PIECES)) {
    if (parameters !== undefined) {
      ({ dim, reverse } = applySgr(parameters, { dim, reverse }));
    } else if (piece === "\n") {
      rows.push(row);
      row = "";
    } else if (!piece.startsWith("\u001B")) {
      row += (reverse ? "r" : dim ? "d" : "n").repeat(piece.replace(INVISIBLE, "").length);
    }
  }
  rows.push(row);
  return rows;
}

interface Attributes {
  readonly dim: boolean;
  readonly reverse: boolean;
}

function applySgr(parameters: string, before: Attributes): Attributes {
  let { dim, reverse } = before;
  const codes = parameters.split(";");
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? "";
    // A colour's numbers follow it and are no attributes: 38;5;N and 38;2;R;G;B.
    if (code === "38" || code === "48" || code === "58")
      index += codes[index + 1] === "5" ? 2 : codes[index + 1] === "2" ? 4 : 0;
    else if (code === "" || code === "0") [dim, reverse] = [false, false];
    else if (code === "2") dim = true;
    else if (code === "22") dim = false;
    else if (code === "7") reverse = true;
    else if (code === "27") reverse = false;
  }
  return { dim, reverse };
}
