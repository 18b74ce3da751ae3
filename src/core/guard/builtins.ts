/** The shell's own commands: they change what the shell knows, or run a text. */
import type { Call, Walker } from "./call.ts";
import {
  type Field,
  field,
  HOLE,
  isKnown,
  literal,
  SILENT,
  type Stream,
  UNKNOWN,
} from "./field.ts";
import { readOptions } from "./options.ts";
import { OWN_PROCESS } from "./parameters.ts";
import { printfText, which } from "./print.ts";
import { runShellStream } from "./shells.ts";

type Builtin = (call: Call, walk: Walker) => Stream | undefined;

const QUIET =
  "true false : shift wait jobs umask ulimit getopts let return exit break continue times dirs bg fg disown caller bind complete compgen compopt suspend logout test [ [[ type help history command_not_found_handle builtin_help exit let setopt unsetopt autoload zmodload compinit typeset_ rehash whence where print_ fc";

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
  ["shopt", shopt],
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

/** Words that the shell computes run what stands in an index of them: `let 'x=a[$(rm y)]'`. */
function indexes(call: Call, words: readonly Field[] = call.args): void {
  for (const { text } of words)
    for (const [inner] of text.matchAll(/\$\((?!\().*\)|`[^`]*`/gs))
      if (text.includes("[") || call.name === "let")
        call.runText(field(`: ${inner}`), { via: `${call.name} […]` });
}

function quiet(call: Call): Stream {
  call.report("shell-state", `${call.name} of the shell`);
  if (call.name === "let" || (call.name !== "help" && call.args.some((arg) => arg.text === "-v")))
    indexes(call);
  if (/^(history|fc)$/.test(call.name)) return HELD;
  // `: > file` empties the file.
  return call.name === ":" || call.name === "true" ? literal("") : SILENT;
}

function say(call: Call, text: string | undefined): Stream {
  call.report("shell-state", `${call.name} prints a text`);
  return text === undefined ? UNKNOWN : literal(`${text}\n`);
}

function echo(call: Call): Stream {
  call.report("shell-state", "prints a text");
  const words = call.args.filter((arg, at) => !(at < 2 && /^-[neE]+$/.test(arg.text)));
  const remote = words.some((arg) => arg.remote);
  const secret = words.some((arg) => arg.secret);
  showsCredential(call, words);
  if (!words.every(isKnown)) return { origin: remote ? "remote" : "unknown", secret };
  const text = words.map((arg) => arg.text).join(" ");
  const escapes = call.args.some((arg) => /^-[nE]*e/.test(arg.text));
  return { ...literal(`${escapes ? printfText(text, []) : text}\n`), secret };
}

function showsCredential(call: Call, words: readonly Field[]): void {
  if (words.some((word) => word.credential)) call.report("read-secret", "prints a credential");
}

/** What the shell holds, and its owner would not send away. */
const HELD: Stream = { origin: "file", secret: true };

function printf(call: Call): Stream {
  call.report("shell-state", "prints a text");
  const [format, ...values] = call.args[0]?.text === "-v" ? call.args.slice(2) : call.args;
  if (call.args[0]?.text === "-v") indexes(call, call.args.slice(1, 2));
  if (call.args[0]?.text === "-v" && call.args[1] !== undefined)
    call.scope.variables.set(
      call.args[1].text,
      format !== undefined && isKnown(format) && values.every(isKnown)
        ? [
            field(
              printfText(
                format.text,
                values.map((each) => each.text),
              ),
            ),
          ]
        : undefined,
    );
  const secret = values.some((each) => each.secret);
  showsCredential(call, values);
  if (format === undefined || !isKnown(format) || !values.every(isKnown))
    return { origin: values.some((each) => each.remote) ? "remote" : "unknown", secret };
  return {
    ...literal(
      printfText(
        format.text,
        values.map((each) => each.text),
      ),
    ),
    secret,
  };
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

function declare(call: Call): Stream {
  call.report("shell-state", "sets variables");
  indexes(
    call,
    call.args.filter((arg) => /^[A-Za-z_]\w*\[/.test(arg.text)),
  );
  for (const arg of call.args) {
    const [, name, plus, value] = /^([A-Za-z_]\w*(?:%%)?)(\+)?=(.*)$/s.exec(arg.text) ?? [];
    if (name === undefined || value === undefined) continue;
    const refers = call.args.some((one) => /^-\w*n/.test(one.text));
    const held = refers ? call.scope.variables.get(value)?.[0] : undefined;
    const of: Field = refers ? (held ?? field(HOLE)) : { ...arg, text: value };
    call.scope.variables.set(name, plus === undefined ? [of] : undefined);
    call.variable(name, of);
  }
  return call.args.every((arg) => /^-[a-zA-Z]+$/.test(arg.text)) ? HELD : SILENT;
}

function unset(call: Call): Stream {
  call.report("shell-state", "forgets variables");
  indexes(call);
  for (const arg of call.args) {
    if (/^(AGENT_CONDUCTOR|CONDUCTOR)_|^(BASH_ENV|ZDOTDIR|LD_PRELOAD|ENV|SHLVL)$/.test(arg.text))
      call.report("guard-tamper", `unsets ${arg.text}`);
    call.scope.variables.set(arg.text, [field("")]);
  }
  return SILENT;
}

function setOptions(call: Call): Stream {
  call.report("shell-state", "sets options of the shell");
  const [first, ...rest] = call.args;
  if (first === undefined) return HELD;
  if (first?.text === "--") call.scope.positional = rest;
  else if (first !== undefined && !/^[-+]/.test(first.text)) call.scope.positional = call.args;
  if (
    call.args.some((arg) => /^\+[a-zA-Z]*T|^\+o$/.test(arg.text)) &&
    call.args.some((arg) => /T|functrace/.test(arg.text))
  )
    call.report("guard-tamper", "switches the guard's trap off");
  return SILENT;
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

function evaluate(call: Call): Stream {
  call.report("shell-state", "eval");
  const text = call.args.map((arg) => arg.text).join(" ");
  const joinedField: Field = {
    text,
    glob: false,
    secret: call.args.some((arg) => arg.secret),
    remote: call.args.some((arg) => arg.remote),
  };
  return call.runText(joinedField, { via: "eval", scope: call.scope });
}

function source(call: Call, walk: Walker): Stream {
  const [script, ...rest] = call.args;
  if (script === undefined) return SILENT;
  if (script.stream !== undefined) return runShellStream(call, script.stream, call.name);
  if (!isKnown(script)) {
    call.report("run-unresolved", `${call.name} reads a file that is not known`);
    return UNKNOWN;
  }
  const to = call.target(script);
  if (to.path === "/dev/stdin") return runShellStream(call, call.stdin, call.name);
  if (to.secret) call.report("read-secret", `reads ${to.path} into the shell`, to.path);
  const made = call.scope.madeAt(to.path);
  if (made !== undefined) {
    if (rest.length > 0) walk.scope.positional = rest;
    return runShellStream(
      call,
      made,
      call.name,
      call.walkInner({ via: call.name, scope: call.scope }),
    );
  }
  const usual =
    /\/(\.venv|venv|env|\.env\w*)\/bin\/activate$|\/(nvm\.sh|\.cargo\/env|\.sdkman\/bin\/sdkman-init\.sh|\.(bash|zsh)rc|\.profile|asdf\.sh|conda\.sh|\.claude\/shell-snapshots\/snapshot-(bash|zsh)-[\w-]+\.sh)$/;
  const inside = to.area === "workspace" || to.area === "regenerable";
  if (inside || usual.test(to.path))
    call.report("build", `reads ${to.path} into the shell`, to.path);
  else call.report("run-unresolved", `reads ${to.path} into the shell`, to.path);
  return UNKNOWN;
}

function execute(call: Call): Stream {
  const { operands } = readOptions(call.args, { leading: true, valued: ["-a"] });
  call.report("shell-state", "exec");
  return operands.length === 0 ? SILENT : call.run(operands, { via: "exec" });
}

function command(call: Call): Stream {
  const read = readOptions(call.args, { leading: true });
  call.report("shell-state", call.name);
  if (read.has("-v", "-V")) return which(read.operands);
  return read.operands.length === 0 ? SILENT : call.run(read.operands, { via: call.name });
}

function trap(call: Call, walk: Walker): Stream {
  const read = readOptions(call.args, { leading: true });
  const [body, ...signals] = read.operands;
  call.report("shell-state", "sets a trap");
  if (signals.some((signal) => signal.text === "DEBUG"))
    call.report("guard-tamper", "replaces the guard's trap");
  if (body === undefined || body.text === "-" || body.text === "") return SILENT;
  if (signals.length === 0) {
    if (body.text === "DEBUG") call.report("guard-tamper", "replaces the guard's trap");
    return SILENT;
  }
  // It runs at the end, with what variables hold then.
  walk.later(() => call.runText(body, { via: "trap" }));
  return SILENT;
}

function alias(call: Call): Stream {
  call.report("shell-state", "sets an alias");
  for (const arg of call.args) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(arg.text) ?? [];
    if (name === undefined || value === undefined) continue;
    call.scope.aliases.set(name, value);
    call.runText({ ...arg, text: value }, { via: `alias ${name}` });
  }
  return SILENT;
}

function readVariables(call: Call): Stream {
  call.report("shell-state", "reads into variables");
  indexes(call);
  const { operands } = readOptions(call.args, {
    valued: ["-d", "-n", "-N", "-p", "-t", "-u", "-i", "-a"],
  });
  const { text, origin, secret } = call.stdin;
  const line = text?.split("\n")[0];
  for (const [at, name] of operands.entries()) {
    const known = at === 0 && operands.length === 1 && line !== undefined && call.name === "read";
    const value: Field = {
      text: known ? line : HOLE,
      glob: false,
      secret,
      remote: origin === "remote",
    };
    call.scope.variables.set(name.text, [value]);
  }
  return SILENT;
}

function hash(call: Call): Stream {
  call.report("shell-state", "looks up programs");
  const at = call.args.findIndex((arg) => arg.text === "-p");
  const [path, name] = at < 0 ? [] : call.args.slice(at + 1);
  if (path !== undefined && name !== undefined) {
    call.report("run-hook", `${name.text} now means ${path.text}`);
    call.scope.aliases.set(name.text, path.text);
  }
  return SILENT;
}

function enable(call: Call): Stream {
  if (call.args.some((arg) => arg.text.startsWith("-f")))
    call.report("run-hook", "loads code into the shell");
  else call.report("shell-state", "switches builtins");
  return SILENT;
}

const SIGNALS_ONLY = /^-(l|L|-list|-table)$/;

function kill(call: Call): Stream {
  const read = readOptions(
    call.args.filter((arg) => !/^-(\d+|[A-Z]+)$/.test(arg.text) || arg.text === "-1"),
    { valued: ["-s", "-n"] },
  );
  const everyone =
    call.args.slice(1).some((arg) => arg.text === "-1") ||
    (call.args.some((arg) => arg.text === "--") && call.args.at(-1)?.text === "-1");
  if (call.args.some((arg) => SIGNALS_ONLY.test(arg.text))) return quiet(call);
  if (everyone) call.report("disk-destroy", "ends every process of the user");
  for (const each of read.operands) {
    const ours = /conductor/i.test(each.text);
    if (ours) call.report("guard-tamper", "signals the guard");
    else if (each.text.startsWith("%") || (each.text === "0" && false))
      call.report("shell-state", "ends a job of its own");
    else if (each.text === OWN_PROCESS) call.report("shell-state", "signals itself");
    else
      call.report(
        "process-kill",
        `ends the process ${isKnown(each) ? each.text : "of a number that is not known"}`,
      );
  }
  return SILENT;
}
