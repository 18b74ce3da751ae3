import { expect, test } from "vitest";
import type { Effect } from "../../../src/core/policy/schema.ts";
import { labelled, verdict } from "./verdicts.ts";

/** Every n-th line, so that all categories are among them and the test stays short. */
const every = (n: number) =>
  ["dev", "held", "fresh"]
    .flatMap((name) => labelled(name))
    .filter((_, at) => at % n === 0)
    .map((one) => ({ ...one, effect: verdict(one.command).effect }));

const RANK: Readonly<Record<Effect, number>> = { allow: 0, ask: 1, deny: 2 };

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
/** Text that ends in a heredoc or a comment needs a line of its own behind it. */
const block = (text: string) => `${text}\n`;

/** What a line can be put in without becoming less than it was. */
const AROUND: Readonly<Record<string, (line: string) => string>> = {
  "after another": (line) => `echo ok; ${line}`,
  "after a success": (line) => `true && ${line}`,
  "on a line of its own": (line) => `ls\n${line}`,
  "in a subshell": (line) => `(${block(line)})`,
  "in braces": (line) => `{ ${block(line)}}`,
  "in an if": (line) => `if :; then ${block(line)}fi`,
  "in a loop": (line) => `for i in 1; do ${block(line)}done`,
  "in a case": (line) => `case a in a) ${block(line)};; esac`,
  "in a function": (line) => `f() { ${block(line)}}; f`,
  "in a substitution": (line) => `echo "$(${block(line)})"`,
  "in a process substitution": (line) => `cat <(${block(line)})`,
  "behind a comment": (line) => `: # nothing\n${line}`,
  "before a comment": (line) => `${line}\n# rm dist`,
  "with output thrown away": (line) => `{ ${block(line)}} >/dev/null 2>&1`,
  "in bash -c": (line) => `bash -c ${quote(line)}`,
  "in bash -xc": (line) => `bash -x -o pipefail -c ${quote(line)}`,
  "in sh -c of sh -c": (line) => `sh -c ${quote(`sh -c ${quote(line)}`)}`,
  "in eval": (line) => `eval ${quote(line)}`,
  "in env sh": (line) => `env A=1 sh -c ${quote(line)}`,
  "in timeout": (line) => `timeout -k 5 30 bash -c ${quote(line)}`,
  "in nohup nice": (line) => `nohup nice -n 3 bash -c ${quote(line)} &`,
  "in a here-string": (line) => `bash <<< ${quote(line)}`,
  "in a heredoc": (line) => `bash <<'E-O-T'\n${line}\nE-O-T`,
  "in a trap": (line) => `trap ${quote(line)} EXIT`,
  "in find": (line) => `find . -maxdepth 0 -exec bash -c ${quote(line)} \\;`,
  "in xargs": (line) => `echo x | xargs -n1 bash -c ${quote(line)}`,
  "in watch": (line) => `watch -n 1 ${quote(line)}`,
  "in flock -c": (line) => `flock /tmp/l -c ${quote(line)}`,
  "in su -c": (line) => `su -c ${quote(line)} root`,
  "in script -c": (line) => `script -qc ${quote(line)} /dev/null`,
  "in a script it writes": (line) => `echo ${quote(line)} > x.sh && bash x.sh`,
};

/** A line of a heredoc, or one that is broken on purpose, cannot be put just anywhere. */
const isWhole = (line: string) => !line.includes("<<") && !/^(fi|if then)|\)$/.test(line);
/** Their meaning is in where they stand: `$0`, positional words, a redirect of the shell itself. */
const isMovable = (line: string) =>
  !/\$[0-9@*?!]|"\$\{?[0-9@*]|^exec |^\. |^set |^shift|history/.test(line);

const risky = every(3).filter(
  (one) => one.effect !== "allow" && isWhole(one.command) && isMovable(one.command),
);

test.each(Object.entries(AROUND))("what is risky stays as risky %s", (_name, put) => {
  const weaker = risky
    .filter((one) => RANK[verdict(put(one.command)).effect] < RANK[one.effect])
    .map((one) => one.command);
  expect(weaker).toEqual([]);
});

/** The first word, written in ways that mean the same. */
const NOISE: Readonly<Record<string, (word: string) => string>> = {
  "an empty pair of quotes": (word) => `${word.slice(0, 1)}''${word.slice(1)}`,
  "a backslash": (word) => `\\${word}`,
  "double quotes": (word) => `"${word}"`,
  "ANSI quotes": (word) => `$'\\x${word.charCodeAt(0).toString(16)}${word.slice(1)}'`,
  "a continued line": (word) => `${word.slice(0, 1)}\\\n${word.slice(1)}`,
  "a variable": (word) => `w=${word}; $w`,
  "two variables": (word) => `a=${word.slice(0, 1)} b=${word.slice(1)}; $a$b`,
  "a substitution": (word) => `$(echo ${word})`,
};
const KEYWORD =
  /^(if|for|while|until|case|select|function|time|coproc|let|declare|export|alias|local)\b/;
const BUILTIN =
  /^(let|declare|export|alias|local|cd|pushd|trap|source|eval|set|unset|shopt|enable|hash|readonly|typeset|builtin|command|exec|history|umask|ulimit|printf|mapfile|readarray|read|type|complete|bind|disown|bg|fg|jobs|wait|suspend|exit|return)\b/;
const plain = risky.filter((one) => /^[a-z][a-z0-9-]+ [^=]/.test(one.command));

test.each(Object.entries(NOISE))("a program's name may hide behind %s", (_name, write) => {
  const weaker = plain
    .filter((one) => !KEYWORD.test(one.command))
    .filter(({ command, effect }) => {
      const [word = "", ...rest] = command.split(" ");
      return RANK[verdict([write(word), ...rest].join(" ")).effect] < RANK[effect];
    })
    .map((one) => one.command);
  expect(weaker).toEqual([]);
});

/** Put before one command, or behind it; what the shell does itself cannot be started by another program. */
const BESIDE: Readonly<Record<string, (line: string) => string>> = {
  "behind an assignment": (line) => `X=1 Y="a b" ${line}`,
  "by its path": (line) => `/usr/bin/${line}`,
  "by a path with too many slashes": (line) => `//usr//bin/../bin/${line}`,
  "with a comment": (line) => `${line} # only a test`,
  "with a redirect behind it": (line) => `${line} >/dev/null 2>&1`,
  "with a redirect before it": (line) => `2>/dev/null ${line}`,
  "in the background": (line) => `${line} &`,
  "by env": (line) => `env -u X -C . A=1 ${line}`,
  "by command": (line) => `command -p ${line}`,
  "by exec": (line) => `exec -a ls ${line}`,
  "by timeout": (line) => `timeout --signal=KILL -k 5 30s ${line}`,
  "by nice": (line) => `nice -n 3 ${line}`,
  "by ionice": (line) => `ionice -c 2 -n 7 ${line}`,
  "by nohup": (line) => `nohup ${line}`,
  "by stdbuf": (line) => `stdbuf -oL -e 0 ${line}`,
  "by setsid": (line) => `setsid -w ${line}`,
  "by time": (line) => `time -p ${line}`,
  "by flock": (line) => `flock -w 5 /tmp/l ${line}`,
  "by taskset": (line) => `taskset -c 0 ${line}`,
  "by chrt": (line) => `chrt -b 0 ${line}`,
  "by strace": (line) => `strace -f -e trace=file ${line}`,
  "by unshare": (line) => `unshare -r --fork ${line}`,
  "by sudo": (line) => `sudo -n -u root -- ${line}`,
  "by doas": (line) => `doas -u root ${line}`,
  "by busybox": (line) => `busybox ${line}`,
  "by two of them": (line) => `env A=1 nice -n 3 timeout 5 ${line}`,
};
const commands = plain.filter(
  ({ command }) => !KEYWORD.test(command) && !BUILTIN.test(command) && !command.includes("\n"),
);

test.each(Object.entries(BESIDE))("a command stays as risky %s", (_name, put) => {
  const weaker = commands
    .filter(({ command, effect }) => RANK[verdict(put(command)).effect] < RANK[effect])
    .map((one) => one.command);
  expect(weaker).toEqual([]);
});

test("before what is refused, a wrapper that nobody knows is at least asked about", () => {
  const refused = commands.filter(({ effect }) => effect === "deny");
  const lines = refused.map(({ command }) => `some-wrapper --opt ${command}`);
  expect(lines.filter((line) => verdict(line).effect === "allow")).toEqual([]);
});

/** Places where a text is data. */
const MENTIONS: Readonly<Record<string, (line: string) => string>> = {
  echo: (line) => `echo ${quote(line)}`,
  printf: (line) => `printf '%s\\n' ${quote(line)}`,
  "git commit": (line) => `git commit -m ${quote(line)}`,
  grep: (line) => `grep -rnF ${quote(line)} src`,
  rg: (line) => `rg --fixed-strings ${quote(line)}`,
  jq: (line) => `jq --arg c ${quote(line)} '.c=$c' a.json`,
  test: (line) => `test "$X" = ${quote(line)}`,
  "a quoted heredoc": (line) => `cat > notes.md <<'E-O-T'\n${line}\nE-O-T`,
  "a comment": (line) => `ls # ${line.replaceAll("\n", " ")}`,
  "an assignment": (line) => `MSG=${quote(line)}`,
  "a test's name": (line) => `npx vitest run -t ${quote(line)}`,
};
const any = every(3);

test.each(Object.entries(MENTIONS))(
  "a text that is only mentioned by %s is no command",
  (_name, put) => {
    const stopped = any
      .filter((one) => verdict(put(one.command)).effect !== "allow")
      .map((one) => one.command);
    expect(stopped).toEqual([]);
  },
);
