import * as fc from "fast-check";
import { expect, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import { labelled, verdict } from "./verdicts.ts";

const PLACE = {
  cwd: "/home/dev/project",
  workspace: "/home/dev/project",
  home: "/home/dev",
  user: "dev",
};
const SEED = { seed: 20_261_121, numRuns: 400 };
const LINES = labelled("dev").map((one) => one.command);
const PIECES = [
  "$(",
  "`",
  "${",
  "}",
  ")",
  "((",
  "))",
  "<<E\n",
  "<<<",
  "'",
  '"',
  "\\",
  "\n",
  ";;",
  "|&",
  "&>",
  ">(",
  "<(",
  "[[",
  "]]",
  "{a,",
  "..",
  "$'",
  "rm -rf ~",
  "eval ",
  "if ",
  "fi",
  "case x in",
  "esac",
  "#",
  "~",
  "sh -c ",
  "x=",
  "$x",
  "\u0000",
  "\u{1F600}",
  "\uF8FF",
  "𝒳",
  "\u202E",
  "-",
  "--",
  "=",
  "*",
  "?",
  "[",
];
const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join("")),
  fc
    .tuple(fc.constantFrom(...LINES), fc.nat(), fc.constantFrom(...PIECES))
    .map(([line, at, piece]) => {
      const cut = at % (line.length + 1);
      return `${line.slice(0, cut)}${piece}${line.slice(cut)}`;
    }),
);

test("no text makes the guard throw, and each has a verdict", () => {
  fc.assert(
    fc.property(text, (line) => {
      expect(["allow", "ask", "deny"]).toContain(verdict(line).effect);
    }),
    SEED,
  );
});

test("the same text has the same verdict", () => {
  fc.assert(
    fc.property(text, (line) => {
      expect(verdict(line)).toEqual(verdict(line));
    }),
    { ...SEED, numRuns: 100 },
  );
});

test("a deny that is found stays one, whatever unreadable text follows", () => {
  fc.assert(
    fc.property(text, (line) => {
      expect(verdict(`rm -rf ~\n${line}`).effect).toBe("deny");
    }),
    { ...SEED, numRuns: 200 },
  );
});

const HUGE: Readonly<Record<string, string>> = {
  "a text of 100 KB": `echo ${"a".repeat(100_000)}`,
  "3000 commands": "ls;".repeat(3000),
  "2000 substitutions in each other": `${"$(".repeat(2000)}ls${")".repeat(2000)}`,
  "500 shells in each other": "bash -c '".repeat(500),
  "a function that calls itself": "f() { f; f; }; f",
  "functions that call each other": "f() { g; g; }; g() { f; f; }; f",
  "words that double": `a=xx; ${"a=$a$a; ".repeat(30)} echo $a`,
  "braces of braces": `echo ${"{a,b}".repeat(20)}`,
  "loops in loops": `${"for i in 1 2 3 4 5 6 7 8; do ".repeat(8)}ls; ${"done; ".repeat(8)}`,
  "an alias of itself": "alias ls='ls; ls'; ls",
  "eval of eval": 'e="eval \\"\\$e\\"; eval \\"\\$e\\""; eval "$e"',
  backquotes: "`".repeat(3001),
  "a sum of 10,000 numbers": `(( ${"1+".repeat(10_000)} 1 ))`,
  "a sed script that backtracks": `sed 's/${"a\\/".repeat(6_000)}' f`,
  "a path of 10,000 folders": `rm -rf ${"a/".repeat(10_000)}`,
  "a makefile of one line": `echo '${":".repeat(20_000)}' > Makefile; make`,
  "800 places and 800 commands of find": `find ${"a ".repeat(800)} ${"-exec rm {} + ".repeat(800)}`,
  "one letter by another, 200 times": `a=${"x".repeat(20_000)}; echo ${"${a//x/y}".repeat(200)}`,
  "quotes that never end": `echo ${"'\"".repeat(5000)}`,
};

/** Of this process alone: on a busy machine the clock on the wall says nothing. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

test.each(Object.entries(HUGE))("%s: an answer within 50 ms, or `limit`", (_name, line) => {
  const from = cpuMs();
  const { flags } = analyse(line, PLACE, cpuMs);
  const took = cpuMs() - from;
  expect(took > 60 ? flags : ["limit"]).toContain("limit");
  expect(took).toBeLessThan(2_000);
});
