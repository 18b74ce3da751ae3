/** A dialog on the screen: its text, the exact action it asks about, and the keys of each answer. */
import { createHash } from "node:crypto";
import type { Dialog } from "./definition.ts";
import type { View } from "./view.ts";

export interface SeenDialog {
  readonly id: string;
  /** The exact action where the provider file says where it stands, else the dialog's own lines. */
  readonly text: string;
  /** What it says beside the action; undefined where the two cannot be told apart. */
  readonly why: string | undefined;
  /** False when its first lines are out of sight, and with them perhaps a part of the action. */
  readonly isWhole: boolean;
  /** The letters right above it, which tell a question from the same one asked again. */
  readonly context: string;
  /** Equal as long as the same question about the same action stands there, whichever option is selected. */
  readonly fingerprint: string;
  /** For so long it may be about to be answered by a hook of ours. */
  readonly settleMs: number;
  readonly answers: Readonly<Record<string, readonly string[]>>;
}

/** Without a `start` a dialog is the last lines of the screen. */
const TAIL_LINES = 14;
const DRAWN_LINES = 8;
const OPTION =
  /^[\s│┃|]*(?<cursor>[❯›●>])?[\s○◉]*(?:\[.?\]\s*)?(?<number>\d{1,2})\.\s+(?<label>\S.*)$/u;
const FRAME = /[│┃╭╮╰╯┌┐└┘▔╌─━═┄▄▀]/gu;
/** Digits go with the rest: a timer that runs on is no new text. */
const NO_LETTER = /[^\p{L}]+/gu;
const CONTEXT_LETTERS = 400;
const WORDS = 300;
const SELECTION = /[❯›●]/gu;

export function readDialog(dialog: Dialog, view: View): SeenDialog {
  const { lines, above, isWhole } = ownLines(dialog, view);
  const body = clean(lines);
  const action = actionOf(dialog, lines);
  const fingerprint = createHash("sha256")
    .update(`${dialog.id}\n${body.replace(SELECTION, " ").replace(/\s+/g, " ").trim()}`)
    .digest("hex")
    .slice(0, 32);
  return {
    id: dialog.id,
    text: action ?? body,
    why: action === undefined ? undefined : wordsBeside(action, lines),
    isWhole,
    context: above.join("").replace(NO_LETTER, "").slice(-CONTEXT_LETTERS),
    fingerprint,
    settleMs: dialog.settleMs,
    answers: answersOf(dialog, lines, view.input.screen),
  };
}

interface OwnLines {
  readonly lines: readonly string[];
  readonly above: readonly string[];
  readonly isWhole: boolean;
}

function ownLines(dialog: Dialog, view: View): OwnLines {
  const { lines } = view.screen;
  const { start } = dialog;
  const found = start === undefined ? -1 : lines.findLastIndex((line) => start.test(line));
  const from = found >= 0 ? found : Math.max(0, lines.length - TAIL_LINES);
  const isWhole = start === undefined || found >= 0;
  return { lines: lines.slice(from), above: lines.slice(0, from), isWhole };
}

/** The question's own words: what stands above its options and is not the action. */
function wordsBeside(action: string, lines: readonly string[]): string | undefined {
  const options = lines.findIndex((line) => optionOf(line) !== undefined);
  const actions = action.split("\n").map((line) => line.trim());
  const isAction = (line: string) => actions.some((one) => one !== "" && line.endsWith(one));
  const words = clean(options < 0 ? lines : lines.slice(0, options))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /\p{L}/u.test(line) && !isAction(line));
  return words.length === 0 ? undefined : words.join(" · ").slice(0, WORDS);
}

function actionOf(dialog: Dialog, lines: readonly string[]): string | undefined {
  const text = lines.join("\n");
  for (const pattern of dialog.action) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const action = clean((match.groups?.["action"] ?? match[0]).split("\n"));
    if (action !== "") return action;
  }
  return undefined;
}

/** Without frames, common indentation and blank borders. */
function clean(lines: readonly string[]): string {
  const bare = lines.map((line) => line.replace(FRAME, " ").trimEnd());
  const indents = bare.filter((line) => line !== "").map((line) => line.search(/\S/));
  const indent = Math.min(...indents, 40);
  return bare
    .map((line) => line.slice(indent))
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function answersOf(
  dialog: Dialog,
  lines: readonly string[],
  capture: string,
): Record<string, readonly string[]> {
  const options = lines.flatMap((line) => optionOf(line) ?? []);
  const drawn = capture.trimEnd().split("\n").slice(-DRAWN_LINES).join("\n");
  const answers: Record<string, readonly string[]> = {};
  for (const [name, answer] of Object.entries(dialog.answers)) {
    const keys = keysOf(answer, options, drawn);
    if (keys !== undefined) answers[name] = keys;
  }
  return answers;
}

interface Option {
  readonly number: string;
  readonly label: string;
  readonly isSelected: boolean;
}

function optionOf(line: string): Option | undefined {
  const { number, label, cursor } = OPTION.exec(line)?.groups ?? {};
  if (number === undefined || label === undefined) return undefined;
  const [text = ""] = label
    .replace(FRAME, "")
    .trim()
    .split(/\s{2,}/);
  return { number, label: text, isSelected: cursor !== undefined };
}

/** A label that is not there is no answer: a key pressed blindly could mean anything. */
function keysOf(
  answer: Dialog["answers"][string],
  options: readonly Option[],
  drawn: string,
): readonly string[] | undefined {
  const { option, selected, keys } = answer;
  if (answer.drawn !== undefined && !answer.drawn.test(drawn)) return undefined;
  if (selected !== undefined)
    return options.some((it) => it.isSelected && selected.test(it.label)) ? keys : undefined;
  if (option === undefined) return keys;
  const found = options.find((it) => option.test(it.label));
  return found === undefined ? undefined : (keys ?? [found.number]);
}
