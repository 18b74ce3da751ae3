/** The shell's own commands that run a text or another command. */
import { quiet } from "./builtin-variables.ts";
import type { Call, Walker } from "./call.ts";
import { type Field, isKnown, SILENT, type Stream, UNKNOWN } from "./field.ts";
import { readOptions } from "./options.ts";
import { OWN_PROCESS } from "./parameters.ts";
import { which } from "./print.ts";
import { runShellStream } from "./shells.ts";

export function evaluate(call: Call): Stream {
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

export function source(call: Call, walk: Walker): Stream {
  const [script, ...rest] = call.args;
  call.report("shell-state", call.name);
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

export function execute(call: Call): Stream {
  const { operands } = readOptions(call.args, { leading: true, valued: ["-a"] });
  call.report("shell-state", "exec");
  return operands.length === 0 ? SILENT : call.run(operands, { via: "exec" });
}

export function command(call: Call): Stream {
  const read = readOptions(call.args, { leading: true });
  call.report("shell-state", call.name);
  if (read.has("-v", "-V")) return which(read.operands);
  return read.operands.length === 0 ? SILENT : call.run(read.operands, { via: call.name });
}

export function trap(call: Call, walk: Walker): Stream {
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

export function alias(call: Call): Stream {
  call.report("shell-state", "sets an alias");
  for (const arg of call.args) {
    const end = arg.text.indexOf("=");
    // `alias ls` shows one.
    if (end < 0) continue;
    const [name, value] = [arg.text.slice(0, end), arg.text.slice(end + 1)];
    call.scope.aliases.set(name, value);
    call.runText({ ...arg, text: value }, { via: `alias ${name}` });
  }
  return SILENT;
}

export function hash(call: Call): Stream {
  call.report("shell-state", "looks up programs");
  const at = call.args.findIndex((arg) => arg.text === "-p");
  const [path, name] = at < 0 ? [] : call.args.slice(at + 1);
  if (path !== undefined && name !== undefined) {
    call.report("run-hook", `${name.text} now means ${path.text}`);
    call.scope.aliases.set(name.text, path.text);
  }
  return SILENT;
}

const SIGNALS_ONLY = /^-(l|L|-list|-table)$/;

export function kill(call: Call): Stream {
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
    else if (each.text.startsWith("%")) call.report("shell-state", "ends a job of its own");
    else if (each.text === OWN_PROCESS) call.report("shell-state", "signals itself");
    else
      call.report(
        "process-kill",
        `ends the process ${isKnown(each) ? each.text : "of a number that is not known"}`,
      );
  }
  return SILENT;
}
