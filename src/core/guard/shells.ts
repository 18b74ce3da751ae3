/** Text that a shell will run: from `-c`, a pipe, a file, a here-document. */

import type { Call, InnerWalk } from "./call.ts";
import { type Field, isKnown, SILENT, type Stream, UNKNOWN } from "./field.ts";
import { baseOf } from "./known-paths.ts";
import { readOptions } from "./options.ts";

/** A script whose name says that it changes what others use. */
export function deployment(path: string): "infra-change" | undefined {
  const name = baseOf(path);
  const says =
    /^(deploy|release|publish|ship)([._-](?!.*(dry|check|docs|notes|plan|test|spec|config|types?|local|utils?))[\w.-]*)?$/i;
  return says.test(name) ? "infra-change" : undefined;
}

/** Judges a text; what cannot be told of it is reported by where it comes from. */
export function runShellText(call: Call, inner: InnerWalk, text: Field): Stream {
  if (isKnown(text)) return inner.text(text.text);
  if (text.remote) call.report("run-downloaded", "runs text from the network");
  else call.report("run-unresolved", "runs a text that is known only when it runs");
  // What is known of it is judged all the same; a hole reads as a word.
  return inner.text(text.text);
}

/** Judges what a shell is fed. */
export function runShellStream(
  call: Call,
  stream: Stream,
  what: string,
  // What the shell reads is its text; its commands find the end of it.
  inner: InnerWalk = call.walkInner({ via: what, stdin: SILENT }),
): Stream {
  if (stream.origin === "remote") {
    call.report("run-downloaded", `${what} runs text from the network`);
    return UNKNOWN;
  }
  if (stream.text !== undefined) return stream.text === "" ? UNKNOWN : inner.text(stream.text);
  if (stream.origin === "literal")
    call.report("run-obfuscated", `${what} runs text that was hidden`);
  else call.report("run-unresolved", `${what} runs a text that is known only when it runs`);
  return UNKNOWN;
}

const SHELL_VALUED = ["-o", "+o", "-O", "--rcfile", "--init-file"];

/** `bash -c TEXT`, `bash script`, `… | sh`, `sh -i`. */
export function judgeShell(call: Call): Stream {
  const read = readOptions(call.args, { valued: SHELL_VALUED, leading: true });
  const { name } = call;
  if (read.has("--version", "--help")) return told(call);
  if (read.has("-p", "--posix") || (name === "zsh" && read.has("-f")))
    call.report(
      "guard-tamper",
      `${name} starts without its start-up file, and so without the guard`,
    );
  const startup = read.value("--rcfile", "--init-file");
  if (startup !== undefined) {
    call.report("run-hook", "loads a start-up file of its own");
    if (startup.stream !== undefined) runShellStream(call, startup.stream, `${name} --rcfile`);
  }
  if (read.has("-c") || call.args.some((arg) => /^-[a-zA-Z]*c[a-zA-Z]*$/.test(arg.text)))
    return command(call, read.operands);
  const [script, ...rest] = read.operands;
  if (read.has("-n")) return told(call);
  if (script !== undefined && script.text !== "-" && !read.has("-s"))
    return file(call, script, rest);
  const asked = call.stdin.origin === "none" && call.args.length === 0;
  if (read.has("-i") || asked) call.report("run-unresolved", "an interactive shell");
  if (call.stdin.origin === "none") return UNKNOWN;
  const printed = runShellStream(call, call.stdin, name);
  // What an interactive shell prints is whatever its user asks for.
  return read.has("-i") ? { ...printed, secret: true } : printed;
}

function told(call: Call): Stream {
  call.report("read", `${call.name} tells about itself`);
  return UNKNOWN;
}

function command(call: Call, operands: readonly Field[]): Stream {
  const [text, ...rest] = operands;
  const { name } = call;
  if (text === undefined) {
    // `xargs bash -c`: the text comes from what xargs reads.
    call.report("run-unresolved", `${name} -c without its text`);
    return UNKNOWN;
  }
  const scope = call.scope.fork();
  scope.positional = rest.slice(1);
  if (/(^|[^\\])"?\$0"?/.test(text.text))
    scope.variables.set("0", rest[0] === undefined ? undefined : [rest[0]]);
  call.report("shell-state", `${name} -c`);
  return call.runText(text, { via: `${name} -c`, scope });
}

function file(call: Call, script: Field, rest: readonly Field[]): Stream {
  if (script.stream !== undefined) return runShellStream(call, script.stream, call.name);
  if (!isKnown(script)) {
    call.report("run-unresolved", `${call.name} runs a file that is not known`);
    return UNKNOWN;
  }
  const to = call.target(script);
  if (to.path === "/dev/stdin" || to.path === "/dev/fd/0")
    return runShellStream(call, call.stdin, call.name);
  const made = call.scope.madeAt(to.path);
  if (made !== undefined) {
    const scope = call.scope.fork();
    scope.positional = rest;
    return runShellStream(
      call,
      made,
      `${call.name} ${script.text}`,
      call.walkInner({ via: script.text, scope }),
    );
  }
  if (to.area === "workspace" || to.area === "regenerable")
    call.report(deployment(to.path) ?? "build", `runs ${to.path} of the workspace`, to.path);
  else call.report("run-unresolved", `runs ${to.path}`, to.path);
  return UNKNOWN;
}
