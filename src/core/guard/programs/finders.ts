/** `find` and `fd`: what they find is what they delete or hand on. */

import type { Call, Judge } from "../call.ts";
import { deleting, reading, writing } from "../deeds.ts";
import { type Field, FROM_FILE, field, HOLE, type Stream, UNKNOWN } from "../field.ts";
import { baseOf } from "../known-paths.ts";
import { readOptions } from "../options.ts";
import { tell, told } from "./deleters.ts";

export const finders = new Map<string, Judge>([
  ["find", find],
  ["gfind", find],
  ["bfs", find],
  ["fd", fd],
  ["fdfind", fd],
]);

const MAX_ROOTS = 32;
const MAX_ACTIONS = 32;
const FIND_EXECUTES = new Set(["-exec", "-execdir", "-ok", "-okdir"]);

function find(call: Call): Stream {
  const texts = call.args.map((arg) => arg.text);
  if (texts.includes("--help") || texts.includes("--version")) return told(call);
  const first = texts.findIndex(
    (text) => /^(-[a-zA-Z]|\(|!)/.test(text) && !/^-[HLPD]$|^-O\d/.test(text),
  );
  const roots = (first < 0 ? call.args : call.args.slice(0, first)).filter(
    (arg) => !arg.text.startsWith("-"),
  );
  const found = foundBy(call, roots.length === 0 ? [field(".")] : roots, nameOf(call, texts));
  // It prints names; what is done with them is judged where it is done.
  for (const one of found) tell(call, reading({ ...call.target(one), secret: false }));
  const prints = !texts.some(
    (text) => /^-(exec|ok|delete|f?print|f?ls|quit)/.test(text) && !/^-print0?$/.test(text),
  );
  let actions = 0;
  for (const [at, text] of texts.entries()) {
    if (FIND_EXECUTES.has(text)) actions += 1;
    if (FIND_EXECUTES.has(text) && actions === MAX_ACTIONS)
      call.report("run-unresolved", "find runs more commands than are looked at");
    if (FIND_EXECUTES.has(text) && actions < MAX_ACTIONS)
      execute(call, call.args.slice(at + 1), found, text);
    if (text === "-delete")
      for (const one of found) tell(call, deleting(call.target(one), { recursive: true }));
    const file = call.args[at + 1];
    if (/^-f(printf?|print0|ls)$/.test(text) && file !== undefined)
      tell(call, writing(call.target(file)));
  }
  return prints ? listOf(found) : FROM_FILE;
}

/** The paths that it prints, as far as they can be told. */
export function listOf(found: readonly Field[]): Stream {
  const text = found.map((one) => {
    if (/[*?]/.test(one.text)) return one.text.replace(/[*?]+/g, HOLE);
    return `${one.text}${one.text.includes(HOLE) ? "" : `/${HOLE}`}`;
  });
  return { ...FROM_FILE, text: `${text.join("\n")}\n` };
}

function nameOf(call: Call, texts: readonly string[]): string | undefined {
  const at = texts.findIndex((text) => /^-i?(name|path|wholename)$/.test(text));
  const negated = at > 0 && /^(!|-not)$/.test(texts[at - 1] ?? "");
  return at < 0 || negated || texts.includes("-o") || texts.includes("-or")
    ? undefined
    : call.args[at + 1]?.text;
}

/** `{}`: something below a root, with the name that was asked for. */
function foundBy(call: Call, roots: readonly Field[], name: string | undefined): Field[] {
  return roots.map((root) => {
    // Of the whole system, whatever the name: it is looked for in every folder.
    if (name === undefined || call.target(root).area === "system") return root;
    const plain = baseOf(name.replaceAll("*", HOLE));
    return { ...root, text: `${root.text.replace(/\/+$/, "")}/${plain}` };
  });
}

function execute(call: Call, rest: readonly Field[], found: readonly Field[], how: string): void {
  const end = rest.findIndex((arg) => arg.text === ";" || arg.text === "+" || arg.text === "\\;");
  const words = end < 0 ? rest : rest.slice(0, end);
  if (found.length > MAX_ROOTS)
    call.report("run-unresolved", "find starts at more places than are looked at");
  for (const one of found.slice(0, MAX_ROOTS)) {
    const argv = words.map((arg) =>
      arg.text.includes("{}") ? { ...one, text: arg.text.replaceAll("{}", one.text) } : arg,
    );
    const scope = call.scope.fork();
    // What it finds is not where it stands: the folder of each match.
    if (how.endsWith("dir")) scope.cwd = undefined;
    call.run(argv, { via: `find ${how}`, scope });
  }
}

/** `^node_modules$`: a pattern that only one name fits, or with `--glob` one ending. */
function plainName(pattern: Field | undefined, glob: boolean): string | undefined {
  const text = pattern?.text ?? "";
  if (glob) return text === "" ? undefined : text;
  const [, whole] = /^\^([\w.\\-]+)\$$/.exec(text) ?? [];
  const [, end] = /^(\\\.[\w\\.-]+)\$$/.exec(text) ?? [];
  return (whole ?? (end === undefined ? undefined : `*${end}`))?.replaceAll("\\", "");
}

function fd(call: Call): Stream {
  const at = call.args.findIndex((arg) => /^(-x|-X|--exec|--exec-batch)$/.test(arg.text));
  const own = at < 0 ? call.args : call.args.slice(0, at);
  const read = readOptions(own, {
    valued: [
      "-e",
      "--extension",
      "-E",
      "--exclude",
      "-d",
      "--max-depth",
      "-t",
      "--type",
      "-j",
      "--base-directory",
      "--search-path",
      "-S",
    ],
  });
  const folders = [...read.operands.slice(1), ...read.values("--base-directory", "--search-path")];
  const roots = folders.length === 0 ? [field(".")] : folders;
  const extension = read.value("-e", "--extension");
  const found = foundBy(
    call,
    roots,
    extension === undefined
      ? plainName(read.operands[0], read.has("-g", "--glob"))
      : `*.${extension.text}`,
  );
  for (const one of found) tell(call, reading(call.target(one)));
  if (at < 0) return listOf(found);
  const words = call.args.slice(at + 1);
  for (const one of found) {
    const marked = words.some((arg) => arg.text.includes("{"));
    const argv = words.map((arg) =>
      /\{[^}]*\}/.test(arg.text) ? { ...one, text: arg.text.replace(/\{[^}]*\}/g, one.text) } : arg,
    );
    call.run(marked ? argv : [...argv, one], { via: "fd -x" });
  }
  return UNKNOWN;
}
