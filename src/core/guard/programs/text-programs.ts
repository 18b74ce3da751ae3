/** awk and sed: small programs that can read, write and run. */
import type { Call } from "../call.ts";
import { reading, writing } from "../deeds.ts";
import { type Field, field, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { stringsOf } from "./code.ts";

export function awk(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: ["-F", "-v", "-f", "--file", "--field-separator", "--assign"],
  });
  const [program, ...files] = read.has("-f", "--file")
    ? [undefined, ...read.operands]
    : read.operands;
  call.report("read", "awk reads its input");
  for (const file of files)
    if (file !== undefined && !/^\w+=/.test(file.text))
      call.report(...factArgs(reading(call.target(file))));
  if (program === undefined) return UNKNOWN;
  const { text } = program;
  if (!isKnown(program)) call.report("run-unresolved", "awk runs a program that is not known");
  if (/\bsystem\s*\(|\|\s*(getline|")|"\s*\|\s*getline|\|&/.test(text)) {
    const commands = stringsOf(text).filter((one) => /[a-z]/i.test(one));
    if (commands.length === 0)
      call.report("run-unresolved", "awk runs a command that is not known");
    for (const one of commands) call.runText(field(one), { via: "awk" });
    if (/system\s*\(\s*(?!["'])/.test(text))
      call.report("run-unresolved", "awk runs a command from its input");
  }
  for (const [, file = ""] of text.matchAll(/(?:print|printf)\b[^;}]*>>?\s*"([^"]+)"/g))
    call.report(...factArgs(writing(call.target(field(file)))));
  const origin =
    files.length > 0 ? "file" : call.stdin.origin === "none" ? "literal" : call.stdin.origin;
  return { origin, secret: call.stdin.secret };
}

export function factArgs(
  fact: ReturnType<typeof reading>,
): [typeof fact.deed, string, string | undefined] {
  return [fact.deed, fact.note, fact.path];
}

const SED_RUNS =
  /(^|[;{}\n\d$/])\s*e(\s+(.+))?$|(^|[;{}\n])s(.)(?:\\.|(?!\5)[^\\])*\5((?:\\.|(?!\5)[^\\])*)\5[gpiIm\d]*e[gpiIm\d]*/m;

export function sed(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-e", "--expression", "-f", "--file", "-l", "--line-length"],
  });
  const inPlace = call.args.some((arg) => /^(-[nErsz]*i|--in-place)/.test(arg.text));
  const scripts = read.values("-e", "--expression");
  const files =
    scripts.length > 0 || read.has("-f", "--file") ? read.operands : read.operands.slice(1);
  if (scripts.length === 0 && read.operands[0] !== undefined && !read.has("-f", "--file"))
    scripts.push(read.operands[0]);
  call.report("read", "sed reads its input");
  // BSD's `-i ''` keeps no copy.
  for (const file of files.filter((one) => one.text !== ""))
    call.report(...factArgs(inPlace ? writing(call.target(file)) : reading(call.target(file))));
  for (const script of scripts) sedScript(call, script);
  const origin =
    files.length > 0 ? "file" : call.stdin.origin === "none" ? "unknown" : call.stdin.origin;
  return { origin, secret: call.stdin.secret };
}

function sedScript(call: Call, script: Field): void {
  const runs = SED_RUNS.exec(script.text);
  if (runs !== null) {
    const command = runs[3] ?? runs[6];
    if (command !== undefined && command.trim() !== "")
      call.runText(field(command), { via: "sed e" });
    else call.report("run-unresolved", "sed runs what it reads");
  }
  for (const [, file, _mark, substituted] of script.text.matchAll(
    /(?:^|[;{}\n\d$/])\s*[wW]\s+(\S+)|s(.)(?:\\.|(?!\2)[^\\])*\2(?:\\.|(?!\2)[^\\])*\2[gpiIm\d]*w\s+(\S+)/g,
  ))
    call.report(...factArgs(writing(call.target(field(file ?? substituted ?? "")))));
}
