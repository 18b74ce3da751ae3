/**
 * C0 without tab and newline, DEL, C1, and the characters that turn the reading direction around:
 * an agent could use any of them to repaint what a person is about to approve.
 */
const hostile = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const lineBreaks = /[\t\n]/g;

/** Text from an agent or a file, safe to write to a terminal; lines and tabs are kept. */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(hostile, escaped);
}

/** The same on one line, for table cells and messages. */
export function printableLine(text: string): string {
  return text.replace(hostile, escaped).replace(lineBreaks, escaped);
}

/** What a terminal draws as nothing, or as one blank like any other; line ends are among them. */
const unseenClass =
  "[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u2800\\u3000]";
export const unseen = new RegExp(unseenClass, "u");
const everyUnseen = new RegExp(unseenClass, "gu");

/** An action that somebody is to judge: nothing in it stays unseen, so that what is read is what would run. */
export function exact(text: string): string {
  return printable(text).replace(everyUnseen, (character) =>
    character === "\n" || character === "\t" ? character : spelled(character),
  );
}

function spelled(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}
