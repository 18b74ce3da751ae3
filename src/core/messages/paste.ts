/** What is typed for a message: cleaned, guarded against being a command, or a pointer to a file. Pure. */
import { type MessageView, PASTE_LIMIT_BYTES } from "../../contract/messages.ts";

/** First characters that some CLI takes for a command, a shell escape, a mention or a help key; what is unseen is skipped. */
const COMMAND_START = /^[\s\p{Default_Ignorable_Code_Point}]*[/!#@?]/u;
/** Ends in a mention of a file or a command: some CLIs draw a menu of what it may name, from which Enter takes. */
const MENTION_END = /(?:^|\s)[@/]\S*$/u;
/** Words that end a CLI when they are all that is typed. */
const LEAVING = /^(?:exit|quit|bye|logout|:(?:q|wq|x)a?!?)$/iu;
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}]/gu;
/** Where a provider's guard is white space, which such a word is freed of before it is compared. */
const WORD = "Message: ";
/** Sequences first: one inside the text could end the paste early (`ESC[201~`). */
const SEQUENCES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g;
/** All controls but tab and line feed. */
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** The text for the composer; line breaks at its end go, since one could submit it. */
export function pasteText(body: string, guard: string, mention = ""): string {
  const clean = body
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(SEQUENCES, "")
    .replaceAll(CONTROLS, "")
    .replace(/\n+$/, "");
  const front = frontOf(clean, guard);
  const text = clean.startsWith(front) ? clean : `${front}${clean}`;
  return MENTION_END.test(text) ? `${text}${mention}` : text;
}

function frontOf(clean: string, guard: string): string {
  if (COMMAND_START.test(clean)) return guard;
  if (guard === "" || !LEAVING.test(clean.replaceAll(UNSEEN, ""))) return "";
  return guard.trim() === "" ? WORD : guard;
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
