import { expect, test } from "vitest";
import { parseScript } from "../../src/fake-agent/script.ts";

test.each([
  ["nonsense", "the script is not JSON"],
  ["[]", "the script: [] is not an object"],
  ['{"rule":[]}', 'the script: "rule" is not one of start, rules'],
  ['{"start":{"delayMs":"1"}}', 'start.delayMs: "1" is not a number'],
  ['{"rules":[{"match":"a"}]}', "rules[0].actions: nothing is not a list of actions"],
  ['{"rules":[{"match":"(","actions":[]}]}', 'rules[0].match: "(" is not a regular expression'],
  ['{"rules":[{"actions":["say a","dance"]}]}', 'rules[0].actions[1]: "dance" is not an action'],
])("the script %s is refused by name and value", (json, message) => {
  expect(() => parseScript(json)).toThrow(message);
});
