/** The shell's own commands that set, forget and list variables. */
import type { Call } from "./call.ts";
import { type Field, field, HOLE, literal, SILENT, type Stream } from "./field.ts";
import { readOptions } from "./options.ts";

/** Words that the shell computes run what stands in an index of them: `let 'x=a[$(rm y)]'`. */
export function indexes(call: Call, words: readonly Field[] = call.args): void {
  for (const { text } of words)
    for (const [inner] of text.matchAll(/\$\((?!\().*\)|`[^`]*`/gs))
      if (text.includes("[") || call.name === "let")
        call.runText(field(`: ${inner}`), { via: `${call.name} […]` });
}

/** What the shell holds, and its owner would not send away. */
export const HELD: Stream = { origin: "file", secret: true };

export function declare(call: Call): Stream {
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

export function unset(call: Call): Stream {
  call.report("shell-state", "forgets variables");
  indexes(call);
  for (const arg of call.args) {
    if (/^(AGENT_CONDUCTOR|CONDUCTOR)_|^(BASH_ENV|ZDOTDIR|LD_PRELOAD|ENV|SHLVL)$/.test(arg.text))
      call.report("guard-tamper", `unsets ${arg.text}`);
    call.scope.variables.set(arg.text, [field("")]);
  }
  return SILENT;
}

export function readVariables(call: Call): Stream {
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

export function quiet(call: Call): Stream {
  call.report("shell-state", `${call.name} of the shell`);
  if (call.name === "let" || (call.name !== "help" && call.args.some((arg) => arg.text === "-v")))
    indexes(call);
  if (/^(history|fc)$/.test(call.name)) return HELD;
  // `: > file` empties the file.
  return call.name === ":" || call.name === "true" ? literal("") : SILENT;
}
