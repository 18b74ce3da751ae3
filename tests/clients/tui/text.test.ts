import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cellsOf, fit } from "../../../src/clients/tui/cells.ts";
import { unitsOf, widthOf, wrapExact, wrapWords } from "../../../src/clients/tui/text.ts";

const shown = (text: string) =>
  unitsOf(text)
    .map((unit) => unit.text)
    .join("");

test.each([
  ["plain ~", "plain ~"],
  ["a\tb", "a‹TAB›b"],
  ["a\x1b[31m", "a‹ESC›[31m"],
  ["a\rb\nc", "a‹CR›b↵c"],
  ["x\x07\b\x7f\x00\x9b", "x‹BEL›‹BS›‹DEL›‹NUL›‹U+009B›"],
  ["rm \u202egnp.exe", "rm ‹U+202E›gnp.exe"],
  ["a\u2066b\u2069\u200e\u061c", "a‹U+2066›b‹U+2069›‹U+200E›‹U+061C›"],
  ["a\u200bb\u200d\ufeff\u2060\u00ad", "a‹U+200B›b‹U+200D›‹U+FEFF›‹U+2060›‹U+00AD›"],
  ["a\u00a0b\u3000c\u2003", "a‹U+00A0›b‹U+3000›c‹U+2003›"],
  ["a\u2028b\u2029\u0085", "a‹U+2028›b‹U+2029›‹U+0085›"],
  ["a\u3164\u115f\u2800", "a‹U+3164›‹U+115F›‹U+2800›"],
  ["a\ufe0f\u{e0061}", "a‹U+FE0F›‹U+E0061›"],
  ["\ud800x", "‹U+D800›x"],
  ["cafe\u0301 é", "cafe\u0301 é"],
  ["a\u0301\u0302\u0303", "a\u0301\u0302‹U+0303›"],
  ["/\u0338", "/‹U+0338›"],
  ["漢字 日本", "漢字 日本"],
])("%j is shown as %s", (text, expected) => {
  expect(shown(text)).toBe(expected);
});

test("a text that only looks like a mark is drawn differently from a mark", () => {
  const [real] = cellsOf("\u202e");
  const [faked] = cellsOf("‹U+202E›");
  expect(real).toMatchObject({ text: "‹", style: { reverse: true } });
  expect(faked).toMatchObject({ text: "‹", style: {} });
});

test("no control, bidi or invisible character ever reaches a cell", () => {
  const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const drawn = cellsOf(text).map((cell) => cell.text);
      expect(drawn.filter((each) => unseen.test(each))).toEqual([]);
    }),
    { seed: 2, numRuns: 800 },
  );
}, 30_000);

test("wrapping loses nothing, adds nothing, and says which part of the text each line holds", () => {
  const unit = fc.constantFrom("a", " ", "\n", "漢", "\u202e", "e\u0301", "🚀", "\t");
  fc.assert(
    fc.property(
      fc.array(unit, { maxLength: 80 }),
      fc.integer({ min: 2, max: 20 }),
      (all, width) => {
        const text = all.join("");
        const lines = wrapExact(text, width);
        const drawn = lines.flatMap((line) => line.units.map((each) => each.text)).join("");
        expect(drawn).toBe(shown(text));
        expect(lines.at(-1)?.end).toBe(text.length);
        for (const line of lines) {
          expect(line.units.reduce((sum, each) => sum + each.width, 0)).toBeLessThanOrEqual(width);
        }
      },
    ),
    { seed: 2, numRuns: 1_000 },
  );
}, 30_000);

test("a command breaks behind a blank that is near the end, else at the column", () => {
  const lines = (text: string, width: number) =>
    wrapExact(text, width).map(({ units }) => units.map((unit) => unit.text).join(""));
  expect(lines("git push && rm -rf build/", 18)).toEqual(["git push && rm ", "-rf build/"]);
  expect(lines("curl https://example.com/x", 14)).toEqual(["curl https://e", "xample.com/x"]);
  expect(lines("a  \n b", 3)).toEqual(["a  ", "↵", " b"]);
});

test("prose breaks between words and cuts a word only when it must", () => {
  const lines = (text: string, width: number) =>
    wrapWords(text, width).map((units) => units.map((unit) => unit.text).join(""));
  expect(lines("force push is destructive", 11)).toEqual(["force push", "is", "destructive"]);
  expect(lines("abcdefghij kl", 4)).toEqual(["abcd", "efgh", "ij", "kl"]);
  expect(lines("one\ntwo", 10)).toEqual(["one", "two"]);
});

test.each([
  ["abcdef", 4, "abc…"],
  ["abcd", 4, "abcd"],
  ["ab", 4, "ab  "],
  ["漢字漢", 4, "漢 …"],
])("%s in %i columns is %j", (text, columns, expected) => {
  const cells = fit(cellsOf(text), columns);
  expect(cells).toHaveLength(columns);
  expect(cells.map((cell) => cell.text).join("")).toBe(expected);
});

test("width is counted in columns", () => {
  expect([
    widthOf("abc"),
    widthOf("漢字"),
    widthOf("e\u0301"),
    widthOf("🚀"),
    widthOf("○◐▲✕–×│↓…"),
  ]).toEqual([3, 4, 1, 2, 9]);
});
