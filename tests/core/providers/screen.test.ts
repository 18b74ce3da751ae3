import { expect, test } from "vitest";
import { readScreen } from "../../../src/core/providers/screen.ts";

const plain = { scrollBar: undefined, sidePanel: undefined };

test.each([
  ["dim ends with 22", "\u001B[2mab\u001B[22mcd", "ddnn"],
  ["reverse ends with 27", "\u001B[7mab\u001B[27mcd", "rrnn"],
  ["all ends with 0, and with nothing", "\u001B[2;7ma\u001B[0mb\u001B[2mc\u001B[md", "rndn"],
  ["a colour's numbers are no attributes", "\u001B[38;5;2ma\u001B[48;2;7;7;2mb\u001B[38mc", "nnn"],
  ["other sequences are no cells", "\u001B[2ma\u001B[Kb", "dd"],
])("of the marks of a line: %s", (_claim, raw, marks) => {
  const screen = readScreen(raw, plain);
  expect(screen.marks()).toEqual([marks]);
  expect(screen.lines[0]?.length).toBe(marks.length);
});

test("an attribute goes on into the next line", () => {
  expect(readScreen("\u001B[2ma\nb\u001B[0m", plain).marks()).toEqual(["d", "d"]);
});
