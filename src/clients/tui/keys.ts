/** A key as the keymap names it: a character, or a word (`enter`, `up`, `ctrl-c`). */
export type Key =
  | { readonly kind: "char"; readonly text: string }
  | { readonly kind: "named"; readonly name: KeyName }
  | { readonly kind: "paste"; readonly text: string };

export type KeyName =
  | "enter"
  | "escape"
  | "tab"
  | "backspace"
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "page-up"
  | "page-down"
  | "delete"
  | "ctrl-c"
  | "ctrl-d"
  | "ctrl-l"
  | "ctrl-u"
  | "ctrl-w";

export interface Decoded {
  readonly keys: readonly Key[];
  /** The start of a sequence whose end has not come yet. */
  readonly rest: string;
}

const control = new Map<string, KeyName>([
  ["\r", "enter"],
  ["\n", "enter"],
  ["\t", "tab"],
  ["\x7f", "backspace"],
  ["\b", "backspace"],
  ["\x03", "ctrl-c"],
  ["\x04", "ctrl-d"],
  ["\x0c", "ctrl-l"],
  ["\x15", "ctrl-u"],
  ["\x17", "ctrl-w"],
]);

/** Keyed by what follows ESC [ or ESC O; a modifier parameter is dropped first. */
const sequences = new Map<string, KeyName>([
  ["A", "up"],
  ["B", "down"],
  ["C", "right"],
  ["D", "left"],
  ["H", "home"],
  ["F", "end"],
  ["1~", "home"],
  ["3~", "delete"],
  ["4~", "end"],
  ["5~", "page-up"],
  ["6~", "page-down"],
  ["7~", "home"],
  ["8~", "end"],
]);

const pasteStart = "\x1b[200~";
const pasteEnd = "\x1b[201~";
const csi = /^\x1b\[([0-9;:<=>?]*)[ -/]*([@-~])/;
const ss3 = /^\x1bO([A-Za-z])/;
/** Replies of the terminal (OSC, DCS, APC) that nobody asked for. */
const reply = /^\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)/;
const unfinished = /^\x1b(?:$|\[[0-9;:<=>?]*[ -/]*$|O$|[\]P_^X][^\x07\x1b]*\x1b?$)/;

/** Keys of `input`; what is a sequence's start only comes back as `rest`. */
export function decodeKeys(input: string): Decoded {
  const keys: Key[] = [];
  let rest = input;
  while (rest !== "") {
    const step = rest.startsWith("\x1b") ? escape(rest) : plain(rest);
    if (step === undefined) break;
    if (step.key !== undefined) keys.push(step.key);
    rest = rest.slice(step.length);
  }
  return { keys, rest };
}

/** The rest of `decodeKeys` after a pause: a lone ESC was the Escape key, all else is noise. */
export function flushKeys(rest: string): readonly Key[] {
  return rest === "\x1b" ? [{ kind: "named", name: "escape" }] : [];
}

interface Step {
  readonly key?: Key;
  readonly length: number;
}

function plain(input: string): Step {
  const character = String.fromCodePoint(input.codePointAt(0) ?? 0);
  const name = control.get(character);
  if (name !== undefined) return { key: { kind: "named", name }, length: 1 };
  if (character < " ") return { length: 1 };
  return { key: { kind: "char", text: character }, length: character.length };
}

function escape(input: string): Step | undefined {
  if (input.startsWith(pasteStart)) return paste(input);
  const matched = csi.exec(input) ?? ss3.exec(input);
  if (matched !== null) return sequence(matched);
  const answered = reply.exec(input);
  if (answered !== null) return { length: answered[0].length };
  if (unfinished.test(input)) return undefined;
  if (input.startsWith("\x1b\x1b")) return { key: { kind: "named", name: "escape" }, length: 1 };
  // Alt with a key is not that key: it must never give a verdict.
  return { length: 1 + String.fromCodePoint(input.codePointAt(1) ?? 0).length };
}

function sequence(matched: RegExpExecArray): Step {
  const [whole, first = "", last] = matched;
  const parameters = last === undefined ? "" : (first.split(";")[0] ?? "");
  const final = last ?? first;
  const name = sequences.get(final === "~" ? `${parameters}~` : final);
  return { length: whole.length, ...(name && { key: { kind: "named", name } as const }) };
}

function paste(input: string): Step | undefined {
  const end = input.indexOf(pasteEnd);
  if (end < 0) return undefined;
  const text = input.slice(pasteStart.length, end);
  return { key: { kind: "paste", text }, length: end + pasteEnd.length };
}

/** A paste may take any time to arrive. */
export function isPasting(rest: string): boolean {
  return rest.startsWith(pasteStart);
}
