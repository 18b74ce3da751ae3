/** Patches: where their text is known, the files that they name are what changes. */
import type { Call, Judge } from "../call.ts";
import { deleting, writing } from "../deeds.ts";
import { type Field, field, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";

export const patches = new Map<string, Judge>(
  ["apply_patch", "applypatch", "patch", "gpatch"].map((name): [string, Judge] => [name, patch]),
);

function patch(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-p", "-i", "--input", "-d", "--directory", "-o", "-r", "-D", "-F", "-B"],
  });
  call.report("build", `${call.name} changes the project's files`);
  if (read.has("--dry-run", "--check", "--version", "--help")) return UNKNOWN;
  const out = read.value("-o");
  if (out !== undefined) tell(call, writing(call.target(out)));
  if (call.name.startsWith("apply")) for (const one of read.operands) named(call, one.text);
  patched(call, [...read.values("-i", "--input"), ...read.operands.slice(1)]);
  const [file] = call.name.endsWith("patch") && !call.name.startsWith("apply") ? read.operands : [];
  if (file !== undefined) tell(call, writing(call.target(file)));
  return UNKNOWN;
}

/** The texts of these files, as far as this very text wrote them, and what is read. */
export function patched(call: Call, files: readonly Field[]): void {
  for (const file of files)
    named(call, call.scope.made.files.get(call.target(file).path)?.text ?? "");
  named(call, call.stdin.text ?? "");
}

const NAMES =
  /^(?:\+\+\+ (?:b\/)?|\*\*\* (?:(?:Update|Add) File|Move to): |rename to )([^\t\n]+)/gm;
const DELETES = /^(?:\*\*\* Delete File: |--- (?:a\/)?(?=[^\n]*\n\+\+\+ \/dev\/null))([^\t\n]+)/gm;

function named(call: Call, text: string): void {
  for (const [, path = ""] of text.matchAll(NAMES))
    if (path.trim() !== "/dev/null") tell(call, writing(call.target(field(path.trim()))));
  for (const [, path = ""] of text.matchAll(DELETES))
    tell(call, deleting(call.target(field(path.trim())), { recursive: false }));
}
