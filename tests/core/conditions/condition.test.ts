import { expect, test } from "vitest";
import { createConditions } from "../../../src/core/conditions/index.ts";

const compile = createConditions({ name: "string", words: "list<string>", at: "int" });

test("an expression is asked again and again of other facts", () => {
  const holds = compile('name == "dev" && "x" in words');
  expect(holds({ name: "dev", words: ["x"] })).toBe(true);
  expect(holds({ name: "dev", words: [] })).toBe(false);
  expect(compile('name == "dev" && "x" in words')).toBe(holds);
});

test.each([
  ["name", "it gives string, not true or false"],
  ["nam == 'a'", "Unknown variable: nam, did you mean name?"],
  ["zebra == 'a'", /^Unknown variable: zebra$/],
  ["name ==", /./],
  ["name.matches('a+')", "matches() is not there"],
  ["words.all(a, words.all(b, words.all(c, a == b && b == c)))", "more than 2 loops in each other"],
  [`${"name == 'a' || ".repeat(100)}true`, /./],
])("what is wrong with an expression is said: %s", (expression, says) => {
  expect(() => compile(expression)).toThrow(says);
});

test("what cannot be evaluated is neither true nor false", () => {
  expect(compile("10 / at > 1")({ at: 0n })).toBeUndefined();
  expect(compile("name == 'a'")({})).toBeUndefined();
  const words = Array.from({ length: 257 }, () => "x");
  expect(compile("'x' in words")({ words })).toBeUndefined();
});
