/** The shell's own commands: they change what the shell knows, or run a text. */

import { alias, command, evaluate, execute, hash, kill, source, trap } from "./builtin-runs.ts";
import { echo, printf } from "./builtin-texts.ts";
import { declare, HELD, quiet, readVariables, unset } from "./builtin-variables.ts";
import type { Call, Walker } from "./call.ts";
import { HOLE, literal, SILENT, type Stream, UNKNOWN } from "./field.ts";
import { readOptions } from "./options.ts";
import { which } from "./print.ts";

type Builtin = (call: Call, walk: Walker) => Stream | undefined;

const QUIET =
  "true false : wait jobs umask ulimit getopts let return exit break continue times dirs bg fg disown caller bind complete compgen compopt suspend logout test [ [[ help history let setopt unsetopt autoload zmodload compinit rehash fc";

export const builtins = new Map<string, Builtin>([
  ...QUIET.split(" ").map((name): [string, Builtin] => [name, quiet]),
  ["echo", echo],
  ["print", echo],
  ["printf", printf],
  ["cd", changeFolder],
  ["pushd", changeFolder],
  ["popd", forgetFolder],
  ["chdir", changeFolder],
  ["pwd", (call) => say(call, call.scope.cwd)],
  ["export", declare],
  ["declare", declare],
  ["typeset", declare],
  ["local", declare],
  ["readonly", declare],
  ["unset", unset],
  ["set", setOptions],
  ["shift", shift],
  ["shopt", shopt],
  ["type", find],
  ["whence", find],
  ["where", find],
  ["eval", evaluate],
  ["source", source],
  [".", source],
  ["exec", execute],
  ["command", command],
  ["builtin", command],
  ["trap", trap],
  ["alias", alias],
  ["unalias", quiet],
  ["read", readVariables],
  ["mapfile", readVariables],
  ["readarray", readVariables],
  ["hash", hash],
  ["enable", enable],
  ["kill", kill],
]);

function say(call: Call, text: string | undefined): Stream {
  call.report("shell-state", `${call.name} prints a text`);
  return text === undefined ? UNKNOWN : literal(`${text}\n`);
}

function changeFolder(call: Call): Stream {
  call.report("shell-state", "changes its folder");
  const { operands } = readOptions(call.args, {});
  const [to] = operands;
  if (to === undefined) {
    call.scope.cwd = call.name === "pushd" ? undefined : call.place.home;
    return SILENT;
  }
  const path = to.text === "-" || to.glob ? undefined : call.target(to).path;
  call.scope.cwd = path === undefined || path === "" || path.includes(HOLE) ? undefined : path;
  return SILENT;
}

function forgetFolder(call: Call): Stream {
  call.scope.cwd = undefined;
  return quiet(call);
}

function setOptions(call: Call): Stream {
  call.report("shell-state", "sets options of the shell");
  const [first, ...rest] = call.args;
  if (first === undefined) return HELD;
  if (first.text === "--") call.scope.positional = rest;
  else if (!/^[-+]/.test(first.text)) call.scope.positional = call.args;
  if (
    call.args.some((arg) => /^\+[a-zA-Z]*T|^\+o$/.test(arg.text)) &&
    call.args.some((arg) => /T|functrace/.test(arg.text))
  )
    call.report("guard-tamper", "switches the guard's trap off");
  return SILENT;
}

/** `type -p x` prints where it lies. */
function find(call: Call): Stream {
  quiet(call);
  return which(readOptions(call.args).operands);
}

function shift(call: Call): Stream {
  const by = Number(call.args[0]?.text ?? 1);
  call.scope.positional = Number.isNaN(by) ? undefined : call.scope.positional?.slice(by);
  return quiet(call);
}

function shopt(call: Call): Stream {
  call.report("shell-state", "sets options of the shell");
  if (
    call.args.some((arg) => arg.text === "extdebug") &&
    call.args.some((arg) => /^-[a-z]*u/.test(arg.text))
  )
    call.report("guard-tamper", "switches the guard's trap off");
  return SILENT;
}

function enable(call: Call): Stream {
  if (call.args.some((arg) => arg.text.startsWith("-f")))
    call.report("run-hook", "loads code into the shell");
  else call.report("shell-state", "switches builtins");
  return SILENT;
}
