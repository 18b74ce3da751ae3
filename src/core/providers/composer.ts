/** Finds the box a person types into, and says whether something stands in it. */
import type { ComposerShape, ProviderDefinition } from "./definition.ts";
import type { Screen } from "./screen.ts";

export interface Composer {
  /** First line of the box, with its border. */
  readonly top: number;
  /** Last line of its text. */
  readonly to: number;
  readonly text: string;
  readonly state: "empty" | "draft";
}

/** The lowest composer on the screen; a prompt of the past looks alike but stands higher. */
export function findComposer(screen: Screen, definition: ProviderDefinition): Composer | undefined {
  for (let index = screen.lines.length - 1; index >= 0; index -= 1) {
    for (const shape of definition.composer) {
      const found = readComposer(screen, shape, index);
      if (found === undefined) continue;
      const text = found.pieces.map((piece) => piece.text).join("\n");
      const isEmpty =
        !takesCommands(screen, shape, found.top) &&
        (isBlankOrPlaceholder(text, definition) || isGhost(found.pieces, screen.marks()));
      return { top: found.top, to: found.to, text, state: isEmpty ? "empty" : "draft" };
    }
  }
  return undefined;
}

/** A part of a line that a person may have typed. */
interface Piece {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

interface Found {
  readonly top: number;
  readonly to: number;
  readonly pieces: Piece[];
}

function readComposer(screen: Screen, shape: ComposerShape, from: number): Found | undefined {
  const { lines } = screen;
  const first = shape.prompt.exec(lines[from] ?? "");
  if (first === null) return undefined;
  const above = lines[from - 1] ?? "";
  if (shape.above !== undefined && !shape.above.test(above)) return undefined;
  if (shape.aboveNot?.test(above) === true) return undefined;
  const to = lastLine(lines, shape, from);
  if (to === undefined) return undefined;
  const under = lines.slice(to + 1).filter((line) => line !== "");
  if (under.length > shape.maxBelow) return undefined;
  if (shape.belowNot !== undefined && under.some((line) => shape.belowNot?.test(line)))
    return undefined;
  if (shape.belowHas !== undefined && !under.some((line) => shape.belowHas?.test(line)))
    return undefined;
  const pieces = [pieceOf(first, from, shape)];
  for (const [index, line] of lines.slice(from + 1, to + 1).entries()) {
    if (line === "" || shape.ignore?.test(line) === true) continue;
    const next = shape.continuation?.exec(line);
    if (next) pieces.push(pieceOf(next, from + 1 + index, shape));
  }
  return { top: shape.above === undefined ? from : from - 1, to, pieces };
}

function lastLine(
  lines: readonly string[],
  shape: ComposerShape,
  from: number,
): number | undefined {
  const gap = shape.footerGap ? lines.lastIndexOf("") : -1;
  const end = gap > from ? gap : lines.length;
  for (const [index, line] of lines.slice(from + 1, end).entries()) {
    if (shape.below?.test(line) === true) return from + index;
    if (line !== "" && shape.continuation?.test(line) !== true) return undefined;
  }
  return shape.below === undefined ? end - 1 : undefined;
}

function pieceOf(match: RegExpExecArray, line: number, shape: ComposerShape): Piece {
  const text = match.groups?.["text"] ?? "";
  const column = match[0].lastIndexOf(text);
  return { line, column, text: shape.cut === undefined ? text : text.replace(shape.cut, "") };
}

/** What is typed into a shell mode runs as it stands. */
function takesCommands({ lines }: Screen, { command }: ComposerShape, top: number): boolean {
  return command !== undefined && lines.slice(top).some((line) => command.test(line));
}

function isBlankOrPlaceholder(text: string, definition: ProviderDefinition): boolean {
  const plain = text.trim();
  return plain === "" || definition.placeholders.some((placeholder) => placeholder.test(plain));
}

/**
 * A placeholder is dim, but its first letter may stand reversed under the cursor. One normal
 * letter makes it a draft; a lone reversed letter is one too, with the cursor on it.
 */
function isGhost(pieces: readonly Piece[], marks: readonly string[] | undefined): boolean {
  if (marks === undefined) return false;
  let dim = 0;
  for (const { line, column, text } of pieces) {
    for (let offset = 0; offset < text.length; offset += 1) {
      if (text[offset]?.trim() === "") continue;
      const mark = marks[line]?.[column + offset];
      if (mark === "d") dim += 1;
      else if (mark !== "r") return false;
    }
  }
  return dim > 0;
}
