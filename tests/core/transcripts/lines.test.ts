import { expect, test } from "vitest";
import { LineSplitter } from "../../../src/core/transcripts/index.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const longLine = new Uint8Array(17 * 1024 * 1024).fill("x".charCodeAt(0));

test("a line beyond 16 MB is skipped, and the next one is read and knows where it begins", () => {
  const splitter = new LineSplitter(100);
  const lines = [longLine, bytes("\nnext\n")].flatMap((chunk) => [...splitter.push(chunk)]);
  expect(lines).toEqual([{ text: "next", from: 100 + longLine.length + 1 }]);
  expect(splitter.offset).toBe(100 + longLine.length + "\nnext\n".length);
});

test("empty lines say nothing, and an unfinished one waits for its end", () => {
  const splitter = new LineSplitter(0);
  expect([...splitter.push(bytes("\n\none\ntw"))]).toEqual([{ text: "one", from: 2 }]);
  expect(splitter.offset).toBe(6);
  expect([...splitter.push(bytes("o\n"))]).toEqual([{ text: "two", from: 6 }]);
});
