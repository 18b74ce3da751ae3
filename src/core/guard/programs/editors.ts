/** Editors and debuggers: files that they change, commands that they run. */
import type { Call } from "../call.ts";
import { reading, writing } from "../deeds.ts";
import { field, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { factArgs } from "./text-programs.ts";

export function editor(call: Call): Stream {
  // In Ex mode `-s` is silent, and takes no file.
  const args = call.args.map((arg) =>
    /^-(es|Es|se|e|E)$/.test(arg.text) ? { ...arg, text: "-e" } : arg,
  );
  const read = readOptions(args, {
    valued: ["-c", "--cmd", "-S", "-u", "-s", "-w", "-W", "-T"],
  });
  const commands = [
    ...read.values("-c", "--cmd"),
    ...call.args
      .filter((arg) => arg.text.startsWith("+"))
      .map((arg) => ({ ...arg, text: arg.text.slice(1) })),
  ];
  for (const each of read.operands) {
    if (each.text.startsWith("+")) continue;
    const to = call.target(each);
    call.report(...factArgs(writing(to)));
    if (to.secret) call.report(...factArgs(reading(to)));
  }
  call.report("write", "an editor");
  if (read.has("-S", "-s", "-u")) call.report("run-hook", "an editor runs a script");
  for (const each of commands) editorCommand(call, each.text);
  if (call.name === "ex" && call.stdin.text !== undefined)
    for (const line of call.stdin.text.split("\n")) editorCommand(call, line);
  return UNKNOWN;
}

function editorCommand(call: Call, text: string): void {
  const [, shell] = /^:?\s*(?:silent!?\s*)?(?:%|\d+,\d+|r\s*|w\s*)?!(.*)$/s.exec(text) ?? [];
  if (shell !== undefined) call.runText(field(shell), { via: call.name });
  const [, called] = /system\(\s*['"](.*)['"]\s*\)/s.exec(text) ?? [];
  if (called !== undefined) call.runText(field(called), { via: call.name });
  if (/^:?(py3?|python3?|lua|ruby|perl|source|so|terminal|term)\b/.test(text))
    call.report("run-unresolved", "an editor runs code");
}

export function lineEditor(call: Call): Stream {
  const { text } = call.stdin;
  call.report("write", "a line editor");
  for (const file of call.args.filter((arg) => !arg.text.startsWith("-")))
    call.report(...factArgs(writing(call.target(file))));
  if (text === undefined) {
    if (call.stdin.origin !== "none")
      call.report("run-unresolved", "a line editor reads commands that are not known");
    return UNKNOWN;
  }
  for (const line of text.split("\n")) editorCommand(call, line);
  return UNKNOWN;
}

export function debuggerOf(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-p", "--pid", "-ex", "-iex", "-x", "-o", "--eval-command"],
    oneDash: true,
  });
  if (read.has("-p", "--pid")) call.report("guard-tamper", "attaches to a running process");
  for (const each of read.values("-ex", "-iex", "-o", "--eval-command")) {
    const [, shell] = /^\s*(?:shell|!|platform shell)\s*(.*)$/s.exec(each.text) ?? [];
    if (shell !== undefined) call.runText(field(shell), { via: call.name });
    else if (/python|call|system/.test(each.text))
      call.report("run-unresolved", "a debugger runs code");
  }
  const program = call.args.findIndex((arg) => /^(--args|--)$/.test(arg.text));
  if (program >= 0 && program + 1 < call.args.length)
    call.run(call.args.slice(program + 1), { via: call.name });
  if (read.has("-x")) call.report("run-hook", "a debugger runs a script");
  call.report("build", "debugs a program");
  return UNKNOWN;
}
