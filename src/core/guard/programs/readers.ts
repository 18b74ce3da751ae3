/** Programs that read files and print; and some whose output can be told, so that nothing hides in it. */

import type { Call, Judge } from "../call.ts";
import { writing } from "../deeds.ts";
import { FROM_FILE, field, HOLE, isKnown, literal, type Stream, UNKNOWN } from "../field.ts";
import { baseOf } from "../known-paths.ts";
import { readOptions } from "../options.ts";
import { isCredential } from "../parameters.ts";
import { which } from "../print.ts";
import { MORE_READERS } from "./catalogue.ts";
import { tell, told } from "./deleters.ts";
import { listOf } from "./finders.ts";
import { FILTERS_LINES, filteredNames, folderList, listsNames, resolved } from "./name-lists.ts";
import { mixed, opened } from "./opened.ts";
import { ASKS, READERS } from "./reader-table.ts";
import { manual, sort, split, translate } from "./text-tools.ts";

export const readers = new Map<string, Judge>([
  ...Object.entries(READERS).map(([name, [kind, ...valued]]): [string, Judge] => [
    name,
    (call) => readFiles(call, kind, valued),
  ]),
  ...[...MORE_READERS, ...ASKS].map((name): [string, Judge] => [name, (call) => ask(call)]),
  ["tr", translate],
  ["sort", sort],
  ["split", split],
  ["csplit", split],
  ["sha", ask],
]);

const FILTERED: Readonly<
  Record<string, (text: string, args: readonly string[]) => string | undefined>
> = {
  cat: (text) => text,
  tac: (text) => text,
  head: (text) => text,
  tail: (text) => text,
  rev: (text) =>
    text
      .split("\n")
      .map((line) => Array.from(line).toReversed().join(""))
      .join("\n"),
  base64: (text, args) =>
    args.some((arg) => /^-+(d|D|decode)/.test(arg)) ? decode(text, "base64") : undefined,
  base32: () => undefined,
  xxd: (text, args) =>
    args.some((arg) => /^-[a-z]*r/.test(arg)) ? decode(text, "hex") : undefined,
};

/** Bytes of a known text as UTF-8; core has no Buffer of its own to prefer. */
function decode(text: string, from: "base64" | "hex"): string | undefined {
  const clean = text.replace(/\s+/g, "");
  try {
    const bytes =
      from === "base64"
        ? Uint8Array.from(atob(clean), (char) => char.codePointAt(0) ?? 0)
        : Uint8Array.from(clean.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    return new TextDecoder().decode(bytes);
  } catch {
    return undefined;
  }
}

function readFiles(call: Call, kind: "a" | "p", valued: readonly string[]): Stream {
  const read = readOptions(call.args, { valued });
  if (call.args.length === 1 && read.has("--help", "--version")) return told(call);
  call.report("read", `${call.name} reads`);
  runsPrograms(call);
  const hasPattern = kind === "p" && !read.has("-e", "-f", "--files", "-p", "--pattern");
  const files = hasPattern ? read.operands.slice(1) : read.operands;
  if (changesInPlace(call))
    for (const file of files.filter((one) => /[./]/.test(one.text)))
      tell(call, writing(call.target(file)));
  const streams = files
    .filter((file) => !file.text.startsWith("+"))
    .map((file) => opened(call, file));
  const source =
    streams.length === 0 ? call.stdin : streams.length === 1 ? streams[0] : mixed(streams);
  if (source === undefined) return UNKNOWN;
  if (/^(realpath|readlink)$/.test(call.name)) return resolved(call, files) ?? FROM_FILE;
  if (listsNames(call)) return listOf(files.length === 0 ? [field(".")] : files);
  if (/^(ls|ll|exa|eza|lsd)$/.test(call.name)) return folderList(call, files);
  if (files.length === 0 && source.text?.includes(HOLE) === true && FILTERS_LINES.test(call.name))
    return { ...source, text: filteredNames(call, source.text, read.operands[0]) };
  const filter = FILTERED[call.name];
  const text =
    filter === undefined || source.text === undefined
      ? undefined
      : filter(
          source.text,
          call.args.map((arg) => arg.text),
        );
  const { text: _text, ...rest } = source;
  if (rest.origin === "none") return FROM_FILE;
  return text === undefined ? rest : { ...rest, text };
}

/** Of those that mostly read: `yq -i`, `xmlstarlet ed -L`, `dos2unix`. */
function changesInPlace(call: Call): boolean {
  const has = (pattern: RegExp): boolean => call.args.some((arg) => pattern.test(arg.text));
  if (call.name === "yq" || call.name === "dasel")
    return has(/^(-i|--inplace|--in-place|put|delete)$/);
  if (call.name === "xmlstarlet") return has(/^(-L|--inplace)$/);
  if (call.name === "plutil") return has(/^-(replace|insert|remove|convert)$/);
  return call.name === "dos2unix" || (call.name === "exiftool" && has(/^-[\w:]+=/));
}

/** Options of readers that start a program. */
function runsPrograms(call: Call): void {
  const read = readOptions(call.args, { valued: ["--pre", "-P", "--pager", "--preprocessor"] });
  const text =
    (call.name === "rg" ? read.value("--pre") : undefined) ??
    (call.name === "bat" || call.name === "ag" ? read.value("--pager") : undefined);
  if (text !== undefined) call.runText(text, { via: `${call.name} runs` });
  if (call.name === "less" || call.name === "more") {
    for (const arg of call.args) {
      const [, command] = /^\+!(.*)$/s.exec(arg.text) ?? [];
      if (command !== undefined) call.runText(field(command), { via: call.name });
    }
  }
  if (call.name === "tail" || call.name === "head") return;
  for (const arg of call.args) if (arg.secret) call.report("read-secret", "is given credentials");
}

function ask(call: Call): Stream {
  call.report("read", `${call.name} asks the system`);
  const { name } = call;
  const [first] = readOptions(call.args).operands;
  if (name === "man") manual(call);
  if (name === "which") return which(readOptions(call.args).operands);
  if (name === "printenv" && readOptions(call.args).operands.some((one) => isCredential(one.text)))
    call.report("read-secret", "prints a credential");
  // The whole environment holds what its owner would not send away.
  if (name === "env" || name === "printenv") return { origin: "file", secret: first === undefined };
  if (/^(ping6?|traceroute|tracepath|mtr|whois)$/.test(name) && call.args.some((arg) => arg.secret))
    call.report("send-secret", "sends credentials in a name");
  if (name === "mktemp") return literal("/tmp/tmp.4194305\n");
  if (/^(pgrep|pidof)$/.test(name) && call.args.some((arg) => arg.text.includes("conductor")))
    return literal("conductor\n");
  if (name === "whoami" || name === "id" || name === "logname")
    return literal(`${call.place.user}\n`);
  if (name === "dirname" && first !== undefined && isKnown(first))
    return literal(`${folderOf(first.text)}\n`);
  if (name === "basename" && first !== undefined && isKnown(first))
    return literal(`${baseOf(first.text)}\n`);
  if (name === "yes" && first === undefined) return literal("y\n");
  if (name === "date" && readOptions(call.args, { valued: ["-d", "-r", "-f"] }).has("-s", "--set"))
    call.report("privilege", "sets the clock");
  return UNKNOWN;
}

function folderOf(text: string): string {
  const cut = text.replace(/\/+$/, "").replace(/\/[^/]*$/, "");
  if (cut !== text.replace(/\/+$/, "")) return cut === "" ? "/" : cut;
  return ".";
}
