/** xargs and parallel: the words of a command come from what they read. */
import type { Call } from "../call.ts";
import { type Field, field, HOLE, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";

/** The words that a command gets from its input: each known line, or one hole. */
function inputWords(stream: Stream): Field[] {
  const from = { glob: false, secret: stream.secret, remote: stream.origin === "remote" };
  if (stream.text === undefined || stream.origin === "none") return [{ text: HOLE, ...from }];
  return stream.text
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, 16)
    .map((text) => ({ text, ...from }));
}

export function xargs(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: [
      "-a",
      "--arg-file",
      "-d",
      "--delimiter",
      "-E",
      "-I",
      "-L",
      "-n",
      "--max-args",
      "-P",
      "--max-procs",
      "-s",
      "--max-chars",
      "--replace",
      "-J",
      "-R",
      "-S",
    ],
  });
  call.report("shell-state", "xargs runs a command on each input");
  const stream: Stream = read.has("-a", "--arg-file")
    ? { origin: "file", secret: false }
    : call.stdin;
  const words = inputWords(stream);
  const inner = read.operands.length === 0 ? [field("echo")] : read.operands;
  const mark = read.value("-I", "-J", "--replace")?.text ?? (read.has("-i") ? "{}" : undefined);
  if (mark === undefined) return call.run([...inner, ...words], { via: "xargs" });
  // With a mark each line is one word.
  const lines = inputLines(stream) ?? words;
  return call.run(
    inner.map((arg) => putIn(arg, mark, lines)),
    { via: "xargs" },
  );
}

function inputLines(stream: Stream): Field[] | undefined {
  if (stream.text === undefined || stream.origin === "none") return undefined;
  const from = { glob: false, secret: stream.secret, remote: stream.origin === "remote" };
  const lines = stream.text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(0, 16).map((text) => ({ text: text.trim(), ...from }));
}

function putIn(arg: Field, mark: string, words: readonly Field[]): Field {
  if (!arg.text.includes(mark)) return arg;
  const [first] = words;
  const value = words.length === 1 && first !== undefined ? first.text : HOLE;
  return {
    ...arg,
    text: arg.text.replaceAll(mark, value),
    secret: words.some((word) => word.secret),
    remote: words.some((word) => word.remote),
  };
}

export function parallel(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: [
      "-j",
      "--jobs",
      "-a",
      "--arg-file",
      "-n",
      "-N",
      "-S",
      "--sshlogin",
      "--results",
      "--joblog",
      "--delay",
      "--timeout",
      "-I",
      "-C",
      "--colsep",
    ],
  });
  call.report("shell-state", "parallel runs a command on each input");
  const mark = read.operands.findIndex((word) => /^:::+\+?$/.test(word.text));
  const inner = mark < 0 ? read.operands : read.operands.slice(0, mark);
  const given =
    mark < 0
      ? inputWords(call.stdin)
      : read.operands.slice(mark + 1).filter((word) => !/^:::+/.test(word.text));
  if (read.has("-S", "--sshlogin")) call.report("remote-shell", "runs on other machines");
  for (const word of given.slice(0, 16)) {
    if (!isKnown(word) && inner.length > 1 && inner.every((each) => PLAIN_WORD.test(each.text))) {
      const marked = inner.some((each) => MARK.test(each.text));
      const argv = inner.map((each) => ({ ...word, text: each.text.replace(MARK, word.text) }));
      call.run(marked ? argv : [...argv, word], { via: "parallel" });
      continue;
    }
    const line =
      inner.length === 0
        ? word.text
        : [
            ...inner.map((each) => each.text.replaceAll("{}", word.text)),
            ...(inner.some((each) => each.text.includes("{}")) ? [] : [word.text]),
          ].join(" ");
    call.runText({ ...word, text: line }, { via: "parallel" });
  }
  return UNKNOWN;
}

const PLAIN_WORD = /^[\w@%+=:,./{}~-]+$/;

/** `{}`, `{.}`, `{/}` and their kin. */
const MARK = /\{[./#%]*\}/;
