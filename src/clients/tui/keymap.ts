import type { Key, KeyName } from "./keys.ts";

export type Place = "list" | "detail" | "always" | "deny" | "help";

export type Command =
  | "approve"
  | "always"
  | "deny"
  | "open"
  | "close"
  | "confirm"
  | "next"
  | "previous"
  | "first"
  | "last"
  | "page-down"
  | "page-up"
  | "erase"
  | "erase-word"
  | "erase-all"
  | "help"
  | "redraw"
  | "quit";

export interface Binding {
  /** Characters and key names; the first one is what help shows. */
  readonly keys: readonly (KeyName | (string & {}))[];
  readonly command: Command;
  readonly places: readonly Place[];
  readonly says: string;
  /** The footer's shorter word. */
  readonly hint?: string;
  /** Works while keys are paused: it can neither decide nor open anything. */
  readonly always?: true;
}

const reading: readonly Place[] = ["list", "detail"];
const scrolling: readonly Place[] = ["list", "detail", "help"];
const everywhere: readonly Place[] = ["list", "detail", "always", "deny", "help"];

/** The only place where keys are bound; help and footer are made from it. */
export const keymap: readonly Binding[] = [
  { keys: ["a"], command: "approve", places: reading, says: "approve, this once", hint: "approve" },
  {
    keys: ["A"],
    command: "always",
    places: reading,
    says: "approve from now on; asks first",
    hint: "always",
  },
  { keys: ["d"], command: "deny", places: reading, says: "deny with a reason", hint: "deny" },
  {
    keys: ["enter"],
    command: "open",
    places: ["list"],
    says: "show the whole question",
    hint: "open",
  },
  { keys: ["enter", "escape", "left"], command: "close", places: ["detail"], says: "back" },
  {
    keys: ["j", "down"],
    command: "next",
    places: scrolling,
    says: "next, or one line down",
    hint: "next",
  },
  { keys: ["k", "up"], command: "previous", places: scrolling, says: "previous, or one line up" },
  { keys: ["page-down", " "], command: "page-down", places: reading, says: "read on" },
  { keys: ["page-up", "b"], command: "page-up", places: reading, says: "read back" },
  { keys: ["g", "home"], command: "first", places: reading, says: "first" },
  { keys: ["G", "end"], command: "last", places: reading, says: "last" },
  { keys: ["enter"], command: "confirm", places: ["always"], says: "allow from now on" },
  { keys: ["enter"], command: "confirm", places: ["deny"], says: "deny" },
  { keys: ["escape"], command: "close", places: ["always", "deny"], says: "cancel" },
  { keys: ["backspace"], command: "erase", places: ["deny"], says: "erase" },
  { keys: ["ctrl-w"], command: "erase-word", places: ["deny"], says: "erase a word" },
  { keys: ["ctrl-u"], command: "erase-all", places: ["deny"], says: "erase all" },
  { keys: ["?"], command: "help", places: reading, says: "help", always: true },
  {
    keys: ["?", "escape", "enter"],
    command: "close",
    places: ["help"],
    says: "back",
    always: true,
  },
  { keys: ["q"], command: "quit", places: ["list", "detail", "help"], says: "quit", always: true },
  { keys: ["ctrl-c"], command: "quit", places: everywhere, says: "quit", always: true },
  { keys: ["ctrl-l"], command: "redraw", places: everywhere, says: "draw again", always: true },
];

export function bindingOf(place: Place, key: Key): Binding | undefined {
  if (key.kind === "paste") return undefined;
  const name = key.kind === "char" ? key.text : key.name;
  return keymap.find((each) => each.places.includes(place) && each.keys.includes(name));
}

const shown = new Map([
  [" ", "Space"],
  ["enter", "Enter"],
  ["escape", "Esc"],
  ["up", "↑"],
  ["down", "↓"],
  ["left", "←"],
  ["home", "Home"],
  ["end", "End"],
  ["page-down", "PgDn"],
  ["page-up", "PgUp"],
  ["backspace", "Backspace"],
  ["ctrl-c", "Ctrl-C"],
  ["ctrl-l", "Ctrl-L"],
  ["ctrl-u", "Ctrl-U"],
  ["ctrl-w", "Ctrl-W"],
]);

export function keyLabel(key: string): string {
  return shown.get(key) ?? key;
}

export interface HelpLine {
  readonly keys: string;
  readonly says: string;
}

export function helpLines(): readonly HelpLine[] {
  const lines = new Map<string, string>();
  for (const { keys, places, says } of keymap) {
    if (places.every((place) => place === "help")) continue;
    const line = `${sectionOf(places)}${says}`;
    const before = lines.get(line);
    lines.set(line, [...(before === undefined ? [] : [before]), ...keys.map(keyLabel)].join(" "));
  }
  return [...lines].map(([says, keys]) => ({ keys, says }));
}

function sectionOf(places: readonly Place[]): string {
  if (places.every((place) => place === "deny")) return "reason: ";
  return places.every((place) => place === "always") ? "always: " : "";
}

/** The footer's keys, most wanted first; what does not fit is left out. */
const hints: Record<Place, readonly Command[]> = {
  list: ["approve", "deny", "help", "quit", "always", "open", "next"],
  detail: ["approve", "deny", "close", "always", "page-down", "help", "quit"],
  always: ["confirm", "close"],
  deny: ["confirm", "close"],
  help: ["close", "quit"],
};

/** With an empty queue. */
const hintsOfNothing: readonly Command[] = ["help", "quit"];

export function hintsOf(place: Place, isEmpty: boolean): readonly HelpLine[] {
  const wanted = place === "list" && isEmpty ? hintsOfNothing : hints[place];
  return wanted.flatMap((command) => {
    const found = keymap.find((each) => each.command === command && each.places.includes(place));
    const key = found?.keys[0];
    return found && key !== undefined
      ? [{ keys: keyLabel(key), says: found.hint ?? found.says }]
      : [];
  });
}
