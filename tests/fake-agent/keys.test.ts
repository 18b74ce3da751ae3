import { expect, test } from "vitest";
import { type Input, KeyParser } from "../../src/fake-agent/keys.ts";

const STREAM =
  "a🙂\r\u001b[200~x\u001b[200~\ny\r\u001b[20\u001b[201~\u001b[A\u001bOB\n\u007f\u0003\u0004\u0015" +
  "\u001b\r\u001b[?1;2c\u001b]11;rgb:00/00/00\u001b\\\u001b[1;5Cz";
const INPUTS: Input[] = [
  { type: "text", text: "a🙂" },
  { type: "key", key: "enter" },
  { type: "paste", text: "x\u001b[200~\ny\r\u001b[20" },
  { type: "key", key: "up" },
  { type: "key", key: "down" },
  { type: "key", key: "newline" },
  { type: "key", key: "backspace" },
  { type: "key", key: "interrupt" },
  { type: "key", key: "end" },
  { type: "key", key: "clear" },
  { type: "key", key: "newline" },
  { type: "text", text: "z" },
];

/** Neighbouring texts joined: how text is cut is the terminal's business. */
function joined(inputs: readonly Input[]): Input[] {
  const result: Input[] = [];
  for (const input of inputs) {
    const last = result.at(-1);
    if (last?.type === "text" && input.type === "text") {
      result[result.length - 1] = { type: "text", text: last.text + input.text };
    } else result.push(input);
  }
  return result;
}

test("a stream of keys, pastes and reports is read the same in one piece and in single characters", () => {
  expect(joined(new KeyParser().push(STREAM))).toEqual(INPUTS);
  const parser = new KeyParser();
  expect(joined(Array.from(STREAM).flatMap((char) => parser.push(char)))).toEqual(INPUTS);
});

test("every split in two gives the same inputs", () => {
  const chars = Array.from(STREAM);
  for (let at = 1; at < chars.length; at += 1) {
    const parser = new KeyParser();
    const halves = [chars.slice(0, at).join(""), chars.slice(at).join("")];
    expect(joined(halves.flatMap((half) => parser.push(half)))).toEqual(INPUTS);
  }
});

test("an ESC that nothing follows is the escape key, an unfinished sequence is none", () => {
  const parser = new KeyParser();
  expect(parser.push("\u001b")).toEqual([]);
  expect(parser.isUndecided).toBe(true);
  expect(parser.flush()).toEqual([{ type: "key", key: "escape" }]);
  expect(parser.push("\u001b[1;")).toEqual([]);
  expect(parser.flush()).toEqual([]);
  expect(parser.push("a")).toEqual([{ type: "text", text: "a" }]);
});

test("a paste is not cut by the time that passes in it", () => {
  const parser = new KeyParser();
  parser.push("\u001b[200~half");
  expect(parser.flush()).toEqual([]);
  expect(parser.push(" whole\u001b[201~")).toEqual([{ type: "paste", text: "half whole" }]);
});
