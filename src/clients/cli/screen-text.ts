import { printable } from "../../base/printable.ts";

const sgr = /\x1b\[[0-9;:]*m/g;
/** CSI and OSC sequences, and the two-character escapes. */
const sequences =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][\s\S]*?(?:\x1b\\|\x07)|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]/g;

/** A captured screen with its colours or without them, and nothing else that a terminal would obey. */
export function screenText(text: string, color: boolean): string {
  if (!color) return plainText(text);
  let shown = "";
  let from = 0;
  for (const match of text.matchAll(sgr)) {
    shown += plainText(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return `${shown}${plainText(text.slice(from))}\x1b[0m`;
}

/** What is left to read of an agent's output: sequences gone, stray control bytes shown. */
export function plainText(text: string): string {
  return printable(text.replace(sequences, ""));
}

/** A log's line: what a terminal would show of it after every carriage return has written over. */
export function plainLogLine(line: string): string {
  const last = line.replace(/\r+$/, "").split("\r").at(-1) ?? "";
  return plainText(last);
}
