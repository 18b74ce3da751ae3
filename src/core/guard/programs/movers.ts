/** Programs that move, copy and link. */

import type { Call, Judge } from "../call.ts";
import { deleting, reading, writing } from "../deeds.ts";
import { type Field, FROM_FILE, type Stream, UNKNOWN } from "../field.ts";
import { baseOf } from "../known-paths.ts";
import { readOptions } from "../options.ts";
import { resolve, type Target } from "../paths.ts";
import { tell } from "./deleters.ts";

export const movers = new Map<string, Judge>([
  ["mv", move],
  ["cp", copy],
  ["gcp", copy],
  ["ln", link],
  ["link", link],
  ["install", install],
]);

/** Moving away deletes here, unless both ends are work of one's own. */
function move(call: Call): Stream {
  const { sources, to } = ends(call, ["-t", "--target-directory", "-S", "--suffix"]);
  const into = to === undefined ? undefined : call.target(to);
  if (into !== undefined) tell(call, writing(into));
  for (const each of sources) {
    const from = call.target(each);
    const stays =
      into !== undefined &&
      (into.area === "workspace" || into.area === "workspace-root" || into.area === "regenerable");
    const own = from.area === "workspace" || from.area === "regenerable" || from.area === "scratch";
    if (stays && own && !from.guarded && !from.startup) call.report("write", `moves ${from.path}`);
    else if (from.area === "scratch") tell(call, deleting(from, { recursive: false }));
    else tell(call, deleting(from, { recursive: true }));
    carry(call, each, to, into);
  }
  return UNKNOWN;
}

function copy(call: Call): Stream {
  const { sources, to } = ends(call, ["-t", "--target-directory", "-S", "--suffix"]);
  const into = to === undefined ? undefined : call.target(to);
  for (const each of sources) {
    const from = call.target(each);
    tell(call, reading(from));
    const empty = from.path === "/dev/null" || from.path === "/dev/zero";
    if (into !== undefined) tell(call, writing(into, { emptied: empty }));
    carry(call, each, to, into);
  }
  return UNKNOWN;
}

/** What a copy holds is what the original held. */
function carry(call: Call, from: Field, to: Field | undefined, into: Target | undefined): void {
  if (to === undefined || into === undefined || into.path === "") return;
  const source = call.target(from);
  const name = baseOf(source.path);
  // A program by another name is that program.
  if (/^\/(usr\/)?s?bin\/[^/*?]+$/.test(source.path))
    call.scope.made.links.set(into.path, source.path);
  const stream = call.scope.made.files.get(source.path) ?? FROM_FILE;
  const held = source.secret ? { ...stream, secret: true } : stream;
  if (held === FROM_FILE) return;
  call.scope.made.files.set(into.path, held);
  call.scope.made.files.set(`${into.path}/${name}`, held);
}

function ends(
  call: Call,
  valued: readonly string[],
): { sources: readonly Field[]; to: Field | undefined } {
  const read = readOptions(call.args, { valued });
  const folder = read.value("-t", "--target-directory");
  if (folder !== undefined) return { sources: read.operands, to: folder };
  return { sources: read.operands.slice(0, -1), to: read.operands.at(-1) };
}

function link(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-t", "-S", "--target-directory", "--suffix"] });
  const [from, given] = read.operands;
  const to = given ?? from;
  if (from === undefined || to === undefined) return UNKNOWN;
  const into = call.target(to);
  tell(call, writing(into));
  const leads = resolve(from, call.scope, call.place);
  const base =
    from.text
      .split("/")
      .filter((part) => part !== "")
      .at(-1) ?? "";
  if (leads === undefined || into.path === "") return UNKNOWN;
  call.scope.made.links.set(into.path, leads);
  if (to.text === "." || to.text.endsWith("/"))
    call.scope.made.links.set(`${into.path}/${base}`, leads);
  return UNKNOWN;
}

function install(call: Call): Stream {
  const { to } = ends(call, [
    "-m",
    "-o",
    "-g",
    "-t",
    "-S",
    "--mode",
    "--owner",
    "--group",
    "--target-directory",
  ]);
  const folders = call.args.some((arg) => arg.text === "-d" || arg.text === "--directory");
  const places = folders
    ? readOptions(call.args, { valued: ["-m", "-o", "-g"] }).operands
    : to === undefined
      ? []
      : [to];
  for (const each of places) tell(call, writing(call.target(each)));
  return UNKNOWN;
}
