/** Programs that print names of files: where those lie is known, though not which they are. */
import type { Call } from "../call.ts";
import { type Field, FROM_FILE, field, HOLE, isKnown, literal, type Stream } from "../field.ts";
import { listOf } from "./finders.ts";

/** Where one known path leads is known too. */
export function resolved(call: Call, operands: readonly Field[]): Stream | undefined {
  const follows =
    call.name === "realpath" || call.args.some((arg) => /^-[a-z]*[fem]/.test(arg.text));
  const [only, more] = operands;
  if (!follows || only === undefined || more !== undefined || !isKnown(only)) return undefined;
  const { path } = call.target(only);
  return path === "" || path.includes(HOLE) ? undefined : literal(`${path}\n`);
}

/** Searches that print the names of files, and nothing of what is in them. */
export function listsNames(call: Call): boolean {
  if (!/^([efu]?grep|rg|ag|ack|rga|pcregrep|ugrep)$/.test(call.name)) return false;
  return call.args.some((arg) =>
    /^(-[a-zA-Z]*[lL]|--files(-with(out)?-match(es)?)?|--(no-)?filename-only)$/.test(arg.text),
  );
}

/** Names in a folder are printed without it; a pattern's matches with it. */
export function folderList(call: Call, files: readonly Field[]): Stream {
  const inside = files.every((file) => /^workspace|^regenerable/.test(call.target(file).area));
  if (!inside || call.args.some((arg) => /^-\w*[lsiR1]*R/.test(arg.text))) return FROM_FILE;
  const long = call.args.some((arg) => /^-\w*[lsi]/.test(arg.text));
  if (long) return FROM_FILE;
  const names = files.map((file) => (file.glob ? file : field("./*")));
  return listOf(names.length === 0 ? [field("./*")] : names);
}

export const FILTERS_LINES = /^([efu]?grep|rg|uniq|head|tail|tac)$/;

/** Which of the names stay is not known, but for an ending that is asked for. */
export function filteredNames(call: Call, text: string, pattern: Field | undefined): string {
  const [, ending] = /^\\(\.\w+)\$$/.exec(pattern?.text ?? "") ?? [];
  const inverted = call.args.some((arg) => /^-\w*v|^--invert-match$/.test(arg.text));
  if (!call.name.endsWith("grep") || ending === undefined || inverted) return text;
  return text.replaceAll(new RegExp(`${HOLE}(?=\\n|$)`, "g"), `${HOLE}${ending}`);
}
