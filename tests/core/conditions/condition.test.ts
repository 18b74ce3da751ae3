import { expect, test } from "vitest";
import { createConditions } from "../../../src/core/conditions/index.ts";

const when = createConditions({ isNew: "bool", label: "string", words: "list<string>" });

test.each([
  ["label", "it gives string, not true or false"],
  ["label ==", "Unexpected token: EOF"],
  ["lable == 'a'", "Unknown variable: lable, did you mean label?"],
  ["label > 1", "no such overload: string > int"],
  ["label.matches('a+')", "matches() is not there: use startsWith, endsWith or contains"],
  ["words.all(a, words.all(b, words.all(c, a == b && b == c)))", "more than 2 loops in each other"],
])("the condition %s is refused: %s", (expression, why) => {
  expect(() => when(expression)).toThrow(why);
});

test.each([
  ["isNew", { isNew: true }, true],
  ["label == 'test'", { label: "docs" }, false],
  ["words.exists(each, each == 'rm')", { words: ["sudo", "rm"] }, true],
  ["label == 'test'", {}, undefined],
  [
    "words.exists(each, each == 'rm')",
    { words: Array.from({ length: 257 }, () => "x") },
    undefined,
  ],
  ["isNew", { isNew: "yes" }, undefined],
])("%s asked about %o holds: %s", (expression, facts, held) => {
  expect(when(expression)(facts)).toBe(held);
});
