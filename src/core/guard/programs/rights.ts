/** Commands that run with other rights or another environment. */
import type { Call } from "../call.ts";
import { type Field, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";

export function sudo(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: [
      "-u",
      "-g",
      "-h",
      "-p",
      "-C",
      "-r",
      "-t",
      "-T",
      "-U",
      "-D",
      "-R",
      "--user",
      "--group",
      "--host",
      "--prompt",
      "--chdir",
      "--chroot",
    ],
  });
  if (read.operands.length === 0 && read.has("-V", "--version", "-h", "--help", "-l")) {
    call.report("read", "sudo tells about itself");
    return UNKNOWN;
  }
  call.report("privilege", "runs as another user");
  const inner = dropAssignments(call, read.operands);
  return inner.length === 0 ? UNKNOWN : call.run(inner, { via: "sudo" });
}

export function su(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-c", "--command", "-s", "--shell", "-g", "-G", "-w"],
  });
  call.report("privilege", "runs as another user");
  const text = read.value("-c", "--command");
  return text === undefined ? UNKNOWN : call.runText(text, { via: "su -c" });
}

export function env(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: ["-u", "--unset", "-C", "--chdir", "-S", "--split-string", "-a", "--argv0"],
  });
  call.report("shell-state", "env");
  const names = call.args.map((arg) => arg.text);
  for (const name of read.values("-u", "--unset")) {
    if (/^(BASH_ENV|SHLVL|ENV|ZDOTDIR|LD_PRELOAD|(AGENT_)?CONDUCTOR_\w+)$/.test(name.text))
      call.report("guard-tamper", `unsets ${name.text}`);
  }
  const text = read.value("-S", "--split-string");
  if (text !== undefined) return call.runText(text, { via: "env -S" });
  const inner = dropAssignments(call, read.operands);
  const empty = read.has("-i", "--ignore-environment") || names.includes("-");
  if (empty && inner.length > 0)
    call.report("guard-tamper", "env -i takes the guard's variables away");
  if (inner.length === 0 && call.args.length === 0) {
    call.report("read", "lists the environment");
    return { origin: "file", secret: true };
  }
  const scope = call.scope.fork();
  const folder = read.value("-C", "--chdir");
  if (folder !== undefined) scope.cwd = call.target(folder).path || undefined;
  return inner.length === 0 ? UNKNOWN : call.run(inner, { via: "env", scope, stdin: call.stdin });
}

function dropAssignments(call: Call, words: readonly Field[]): readonly Field[] {
  const first = words.findIndex((word) => !/^[A-Za-z_][\w%()]*=/.test(word.text));
  const assigned = first < 0 ? words : words.slice(0, first);
  for (const each of assigned) {
    const [name = "", ...value] = each.text.split("=");
    call.variable(name, { ...each, text: value.join("=") });
  }
  return first < 0 ? [] : words.slice(first);
}
