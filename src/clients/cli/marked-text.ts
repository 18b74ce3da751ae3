/** An exact text with its risky parts marked: in colour, or with `^` under them. */
import stringWidth from "string-width";
import { exact } from "../../base/printable.ts";
import type { Span } from "../../contract/approvals.ts";

export interface MarkedLook {
  readonly color: boolean;
  /** Without colour a longer line is cut, so that what is under it stays under it; nothing is lost. */
  readonly columns?: number | undefined;
}

interface Glyph {
  readonly shown: string;
  readonly isMarked: boolean;
}

const MARK = "\x1b[1;4;31m";
const PLAIN = "\x1b[0m";

export function markedLines(
  text: string,
  marks: readonly Span[] | undefined,
  look: MarkedLook,
): string[] {
  const lines = glyphLines(text, marks ?? []);
  if (look.color) return lines.map(coloured);
  return lines.flatMap((line) => cut(line, look.columns)).flatMap(underlined);
}

function glyphLines(text: string, marks: readonly Span[]): Glyph[][] {
  const lines: Glyph[][] = [[]];
  let at = 0;
  for (const character of text) {
    const here = at;
    at += character.length;
    if (character === "\n") lines.push([]);
    else if (character !== "\r" || text[at] !== "\n") {
      const isMarked = marks.some(({ start, end }) => here >= start && here < end);
      lines.at(-1)?.push({ shown: exact(character), isMarked });
    }
  }
  return lines;
}

function coloured(line: readonly Glyph[]): string {
  return line.reduce((done, { shown, isMarked }, at) => {
    const before = line[at - 1]?.isMarked ?? false;
    const pen = isMarked === before ? "" : isMarked ? MARK : PLAIN;
    return `${done}${pen}${shown}${isMarked && at === line.length - 1 ? PLAIN : ""}`;
  }, "");
}

/** A tab goes under a tab, since nobody knows how wide it is. */
function underlined(line: readonly Glyph[]): string[] {
  const shown = line.map((each) => each.shown).join("");
  if (!line.some((each) => each.isMarked)) return [shown];
  const under = line.map((each) =>
    each.shown === "\t" ? "\t" : (each.isMarked ? "^" : " ").repeat(stringWidth(each.shown)),
  );
  return [shown, under.join("").trimEnd()];
}

function cut(line: readonly Glyph[], columns: number | undefined): Glyph[][] {
  if (columns === undefined) return [[...line]];
  const lines: Glyph[][] = [[]];
  let width = 0;
  for (const glyph of line) {
    const wide = stringWidth(glyph.shown);
    if (width + wide > columns && width > 0) {
      lines.push([]);
      width = 0;
    }
    lines.at(-1)?.push(glyph);
    width += wide;
  }
  return lines;
}
