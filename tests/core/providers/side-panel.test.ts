import { expect, test } from "vitest";
import { cutSidePanel } from "../../../src/core/providers/side-panel.ts";

const atBorder = { border: "│", minColumn: 10 } as const;
const atMark = { mark: /• Lab \d/u, minColumn: 10 } as const;

/** `text` up to the column where the panel begins, and the panel. */
function row(text: string, panel: string, wide = 0): string {
  return text.padEnd(20 - wide) + panel;
}

test("a border in most rows makes a panel, and what is beside it goes", () => {
  const lines = Array.from({ length: 10 }, (_, index) => row(`line ${index}`, "│ changes"));
  expect(cutSidePanel(lines, atBorder)).toEqual(lines.map((_, index) => `line ${index}`));
});

test("a table has its borders in few rows and stays", () => {
  const lines = [
    "a table:",
    "",
    "  a         │ b",
    "  1         │ 2",
    "",
    "done",
    "",
    "",
    "x",
    "y",
  ];
  expect(cutSidePanel(lines, atBorder)).toEqual(lines);
});

test("wide characters before the border do not move the cut", () => {
  const plain = Array.from({ length: 9 }, () => row("text", "│ changes"));
  const lines = [...plain, row("日本語", "│ changes", 3)];
  expect(cutSidePanel(lines, atBorder).at(-1)).toBe("日本語");
});

test("a mark in the last row says where the panel begins", () => {
  const lines = [
    row("an answer", "Context"),
    row("日本語 🚀", "150 tokens", 3),
    row("~/shop", "• Lab 1.2"),
  ];
  expect(cutSidePanel(lines, atMark)).toEqual(["an answer", "日本語 🚀", "~/shop"]);
});

test("without the mark in its place nothing is cut", () => {
  const lines = [row("an answer", "that goes on"), "• Lab 1.2 is a program", "~/shop"];
  expect(cutSidePanel(lines, atMark)).toEqual(lines);
  expect(cutSidePanel(lines, undefined)).toEqual(lines);
});
