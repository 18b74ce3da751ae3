/** Tools on text that do more than read it. */
import type { Call } from "../call.ts";
import { writing } from "../deeds.ts";
import { HOLE, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { mixed, opened } from "./opened.ts";

export function manual(call: Call): void {
  const read = readOptions(call.args, { valued: ["-P", "--pager", "-H", "--html"] });
  for (const text of read.values("-P", "--pager", "-H", "--html"))
    call.runText(text, { via: "man" });
}

export function translate(call: Call): Stream {
  call.report("read", "tr reads");
  const { origin, secret, text } = call.stdin;
  if (text === undefined) return { origin, secret };
  const sets = readOptions(call.args).operands.map((one) => spread(one.text));
  const [from, to] = sets;
  if (from === undefined) return { origin, secret };
  if (call.args.some((arg) => /^-[a-z]*d/.test(arg.text)))
    return {
      origin,
      secret,
      text: Array.from(text)
        .filter((char) => !from.includes(char))
        .join(""),
    };
  if (to === undefined) return { origin, secret };
  const out = Array.from(text).map((char) => {
    const at = from.indexOf(char);
    return at < 0 ? char : (to[Math.min(at, to.length - 1)] ?? "");
  });
  return { origin, secret, text: out.join("") };
}

/** `a-z` as its characters. */
function spread(set: string): string {
  return set
    .replace(/(.)-(.)/gs, (whole, from: string, to: string) => {
      const [start, end] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
      if (end < start || end - start > 256) return whole;
      return String.fromCodePoint(
        ...Array.from({ length: end - start + 1 }, (_, at) => start + at),
      );
    })
    .replaceAll("\\n", "\n");
}

export function sort(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-k",
      "-t",
      "-S",
      "-T",
      "-o",
      "--output",
      "--compress-program",
      "--parallel",
      "--key",
      "--files0-from",
    ],
  });
  call.report("read", "sorts");
  const program = read.value("--compress-program");
  if (program !== undefined) {
    call.report("run-hook", "sort starts a program");
    call.runText(program, { via: "sort" });
  }
  const out = read.value("-o", "--output");
  if (out !== undefined) tell(call, writing(call.target(out)));
  const streams = read.operands.map((file) => opened(call, file));
  if (streams.length === 0 && call.stdin.text?.includes(HOLE) === true) return call.stdin;
  return streams.length === 0
    ? { origin: call.stdin.origin, secret: call.stdin.secret }
    : mixed(streams);
}

export function split(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-a", "-b", "-C", "-l", "-n", "-t", "--filter", "--bytes", "--lines", "-f", "-k"],
  });
  call.report("write", "splits a file");
  const filter = read.value("--filter");
  if (filter !== undefined) call.runText(filter, { via: "split --filter" });
  for (const file of read.operands.slice(0, 1)) opened(call, file);
  return UNKNOWN;
}
