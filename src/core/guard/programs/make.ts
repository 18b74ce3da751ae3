/** make: its targets, the recipes that a text wrote, and what is installed by it. */
import type { Call } from "../call.ts";
import { writing } from "../deeds.ts";
import { type Field, field, HOLE, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { foreignFiles } from "./build-files.ts";
import { tell } from "./deleters.ts";
import { deploys, dropsData } from "./grammar.ts";

export function make(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-f",
      "--file",
      "--makefile",
      "-C",
      "--directory",
      "-j",
      "-I",
      "-o",
      "-W",
      "-l",
      "--eval",
    ],
  });
  const file = read.value("-f", "--file", "--makefile");
  call.report("build", "make works on the project");
  foreignFiles(call);
  if (file?.text === "-" || file?.text === "/dev/stdin") recipe(call, call.stdin);
  else if (file?.stream !== undefined) recipe(call, file.stream);
  else if (file !== undefined) made(call, file);
  else for (const name of ["Makefile", "makefile", "GNUmakefile"]) made(call, field(name));
  for (const each of read.operands) {
    const [, shell] = /^(?:SHELL|\.SHELLFLAGS)\s*[:?]?=(.*)$/s.exec(each.text) ?? [];
    if (shell !== undefined) {
      call.report("run-hook", "make uses another shell");
      call.runText({ ...each, text: shell }, { via: "make SHELL=" });
    }
    if (deploys(each.text) && !read.has("-n", "--dry-run", "--just-print"))
      call.report("infra-change", `make ${each.text}`);
    if (dropsData(each.text)) call.report("database-change", `make ${each.text}`);
  }
  installs(call, read.operands);
  if (read.operands.some((one) => !isKnown(one) && !one.text.includes("=") && one.text === HOLE))
    call.report("run-unresolved", "which target make builds is known only when it runs");
  for (const text of read.values("--eval"))
    recipe(call, { origin: "literal", secret: false, text: text.text });
  return UNKNOWN;
}

/** Into the machine, unless a folder of the project's own is named for it. */
export function installs(call: Call, operands: readonly Field[]): void {
  const words = call.args.map((arg) => arg.text);
  const verb =
    operands.some((one) => /^(un)?install([-_](strip|bin|system|all|global))?$/.test(one.text)) ||
    words.some(
      (word, at) => word === "--install" || (word === "install" && words[at - 1] === "--target"),
    );
  if (!verb) return;
  const to = words
    .map(
      (word, at) =>
        /^(?:DESTDIR|PREFIX|prefix|--prefix|--destdir)=(.*)$/.exec(word)?.[1] ??
        (/^--(prefix|destdir)$/.test(word) ? words[at + 1] : undefined),
    )
    .find((word) => word !== undefined);
  if (to === undefined) call.report("system-packages", `${call.name} installs into the machine`);
  else tell(call, writing(call.target(field(to))));
}

export const INSTALLERS = /^(ninja|meson|cmake|scons|waf|samu|xmake|autotools)$/;

export function made(call: Call, file: Field): void {
  const stream = call.scope.made.files.get(call.target(file).path);
  if (stream !== undefined) recipe(call, stream);
}

/** A recipe's variables as the shell's, without make's own marks. */
function shellText(command: string): string {
  return command
    .trim()
    .replace(/^[@+-]+/, "")
    .replace(/\$\(([A-Z_]+)\)/g, "$${$1}")
    .replaceAll("$$", "$");
}

const MAX_LINE = 2_000;

/** The recipe lines of a makefile that this text wrote. */
function recipe(call: Call, stream: Stream): void {
  if (stream.text === undefined) {
    call.runStream(stream, { via: "make" });
    return;
  }
  for (const line of stream.text.split(/\\?\n/)) {
    if (line.length > MAX_LINE) {
      call.report("run-unresolved", "a line of a makefile that is too long to read");
      continue;
    }
    const [, inline] = /^[^\t#=]*:[^=].*?;(.*)$|^$/.exec(line) ?? [];
    const command = line.startsWith("\t")
      ? line
      : (inline ?? /^[^\t#=:]*:[^=;]*;(.*)$/.exec(line)?.[1]);
    if (command !== undefined) call.runText(field(shellText(command)), { via: "make" });
    const [, shelled] = /\$\(shell (.*)\)/.exec(line) ?? [];
    if (shelled !== undefined) call.runText(field(shelled), { via: "make" });
  }
}
