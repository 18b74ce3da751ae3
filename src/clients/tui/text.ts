import { unseen } from "../../base/printable.ts";

/**
 * Text from agents is hostile: a command may hide characters that a terminal does not draw, draws
 * elsewhere (bidi), or obeys. It is cut into units that are each either drawn as they are or
 * spelled out (`‹U+202E›`), so that what is read is what would run.
 */
export interface Unit {
  readonly text: string;
  readonly width: number;
  /** Spelled out; drawn in reverse, so that text that only looks like a mark is told apart. */
  readonly marked: boolean;
  /** Offset in the source just after this unit. */
  readonly end: number;
}

export interface UnitLine {
  readonly units: readonly Unit[];
  readonly end: number;
}

const combining = /[\p{Mn}\p{Me}]/u;
const letter = /^[\p{L}\p{N}]\p{M}{0,1}$/u;
const emoji = /\p{Emoji_Presentation}/u;
const names = new Map([
  ["\0", "NUL"],
  ["\x07", "BEL"],
  ["\b", "BS"],
  ["\t", "TAB"],
  ["\r", "CR"],
  ["\x1b", "ESC"],
  ["\x7f", "DEL"],
]);

/** East Asian Wide and Fullwidth blocks; a terminal that disagrees is led back by the renderer. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18d08],
  [0x1b000, 0x1b2fb],
  [0x20000, 0x3fffd],
];

export function unitsOf(text: string): Unit[] {
  const units: Unit[] = [];
  let end = 0;
  for (const character of text) {
    end += character.length;
    const before = units.at(-1);
    if (combining.test(character) && !unseen.test(character) && before && joins(before)) {
      units[units.length - 1] = { ...before, text: before.text + character, end };
    } else units.push(unitOf(character, end));
  }
  return units;
}

function unitOf(character: string, end: number): Unit {
  if (character >= " " && character <= "~")
    return { text: character, width: 1, marked: false, end };
  const spelled = spell(character);
  if (spelled !== undefined)
    return { text: spelled, width: Array.from(spelled).length, marked: true, end };
  return { text: character, width: isWide(character) ? 2 : 1, marked: false, end };
}

/** An accent is drawn on a letter; anything piled higher is spelled out. */
function joins(unit: Unit): boolean {
  return !unit.marked && letter.test(unit.text);
}

function spell(character: string): string | undefined {
  if (character === "\n") return "↵";
  if (!unseen.test(character) && !combining.test(character)) return undefined;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `‹${names.get(character) ?? `U+${code}`}›`;
}

function isWide(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    code >= 0x1100 &&
    (wideRanges.some(([first, last]) => code >= first && code <= last) || emoji.test(character))
  );
}

/** Cuts behind a blank where one is near, else at the column; every character stays, blanks too. */
export function wrapExact(text: string, columns: number): UnitLine[] {
  return cut(unitsOf(text), columns);
}

function cut(whole: readonly Unit[], columns: number): UnitLine[] {
  const lines: UnitLine[] = [];
  let units: Unit[] = [];
  let width = 0;
  const push = (count = units.length) => {
    const line = units.slice(0, count);
    lines.push({ units: line, end: line.at(-1)?.end ?? 0 });
    units = units.slice(count);
    width = sumOf(units);
  };
  for (const unit of whole.flatMap((each) => pieces(each, columns))) {
    while (width + unit.width > columns && units.length > 0) push(breakOf(units, columns));
    units.push(unit);
    width += unit.width;
    if (unit.marked && unit.text === "↵") push();
  }
  if (units.length > 0 || lines.length === 0) push();
  return lines;
}

/** How many units stay on a full line: up to its last blank, unless that would leave a third of it bare. */
function breakOf(units: readonly Unit[], columns: number): number {
  const blank = units.findLastIndex((unit) => unit.text === " ");
  const isNear = blank >= 0 && sumOf(units.slice(blank + 1)) <= columns / 3;
  return isNear ? blank + 1 : units.length;
}

/** A mark that is wider than the line is cut, the rest of the units are not. */
function pieces(unit: Unit, columns: number): Unit[] {
  if (unit.width <= columns || !unit.marked) return [unit];
  return Array.from(unit.text, (text) => ({ ...unit, text, width: 1 }));
}

/** Prose: cut between words where that is possible. */
export function wrapWords(text: string, columns: number): Unit[][] {
  return text.split("\n").flatMap((paragraph) => wrapParagraph(paragraph, columns));
}

function wrapParagraph(paragraph: string, columns: number): Unit[][] {
  const lines: Unit[][] = [[]];
  for (const word of paragraph.split(" ").map(unitsOf)) {
    const current = lines.at(-1) ?? [];
    const joined = current.length === 0 ? word : [...current, ...unitsOf(" "), ...word];
    if (sumOf(joined) <= columns) lines[lines.length - 1] = joined;
    else {
      if (current.length === 0) lines.pop();
      lines.push(...cut(word, columns).map((part) => [...part.units]));
    }
  }
  return lines;
}

/** So many UTF-16 units fill `columns` for certain: a letter and its accents are at most six. */
export function longestStart(columns: number): number {
  return (columns + 1) * 6;
}

export function widthOf(text: string): number {
  return sumOf(unitsOf(text));
}

function sumOf(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + unit.width, 0);
}
