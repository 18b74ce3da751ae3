import { expect, test } from "vitest";
import { markedLines } from "../../../src/clients/cli/marked-text.ts";

function markOf(text: string, what: string) {
  const start = text.indexOf(what);
  return [{ start, end: start + what.length }];
}

function plain(text: string, what: string, columns?: number): string[] {
  return markedLines(text, markOf(text, what), { color: false, columns });
}

test("without colour the marked part is underlined", () => {
  expect(plain("ls && rm -rf src", "rm -rf src")).toEqual(["ls && rm -rf src", "      ^^^^^^^^^^"]);
});

test("a line without a mark has nothing under it", () => {
  expect(plain("ls\nrm x\nls", "rm")).toEqual(["ls", "rm x", "^^", "ls"]);
});

test("a mark over a line's end goes on below the next one", () => {
  expect(plain("a b\nc d", "b\nc")).toEqual(["a b", "  ^", "c d", "^"]);
});

test("wide characters and those that are spelled out are underlined as wide as they are shown", () => {
  expect(plain("echo 削除 x", "x")).toEqual(["echo 削除 x", "          ^"]);
  expect(plain("rm 削\x1b", "削\x1b")).toEqual(["rm 削\\x1b", "   ^^^^^^"]);
  expect(plain("a\tb", "b")).toEqual(["a\tb", " \t^"]);
});

test("a line that a terminal would break is broken before, so that nothing is lost or out of place", () => {
  expect(plain("abcdefgh", "ef", 5)).toEqual(["abcde", "    ^", "fgh", "^"]);
});

test("in colour the mark is in the line, and ends with it", () => {
  const [first, second] = markedLines("a b\nc", markOf("a b\nc", "b\nc"), { color: true });
  expect(first).toBe("a \x1b[1;4;31mb\x1b[0m");
  expect(second).toBe("\x1b[1;4;31mc\x1b[0m");
});

test("a mark shifts by nothing where lines end as in Windows", () => {
  expect(plain("ls\r\nrm x", "rm")).toEqual(["ls", "rm x", "^^"]);
});
