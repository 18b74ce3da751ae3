/** What is typed for a message: cleaned, guarded against being a command, or a pointer to a file. Pure. */
import { type MessageView, PASTE_LIMIT_BYTES } from "../../contract/messages.ts";

/** First characters that some CLI takes for a command, a shell escape, a mention or a help key. */
const COMMAND_START = /^\s*[/!#@?]/u;
/** Sequences first: one inside the text could end the paste early (`ESC[201~`). */
const SEQUENCES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g;
/** All controls but tab and line feed. */
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** The text for the composer; line breaks at its end go, since one could submit it. */
export function pasteText(body: string, guard: string): string {
  const clean = body
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(SEQUENCES, "")
    .replaceAll(CONTROLS, "")
    .replace(/\n+$/, "");
  return COMMAND_START.test(clean) && !clean.startsWith(guard) ? `${guard}${clean}` : clean;
}

export function isTooLongToPaste(body: string): boolean {
  // A UTF-16 unit is at most three bytes, so most bodies need no encoding.
  if (body.length * 3 <= PASTE_LIMIT_BYTES) return false;
  return new TextEncoder().encode(body).byteLength > PASTE_LIMIT_BYTES;
}

/** What an agent is told instead of a text that is too long to paste. */
export function readFileText(message: Pick<MessageView, "id">, file: string): string {
  return `Read the file ${file} and do what it says. It is message ${message.id}, too long to be typed here.`;
}
