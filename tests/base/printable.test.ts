import { expect, test } from "vitest";
import { printable, printableLine } from "../../src/base/printable.ts";

test("what could repaint a screen is shown instead of obeyed", () => {
  expect(printable("a\x1b[2Jb\x07\x9b1m\x7f\rc")).toBe("a\\x1b[2Jb\\x07\\x9b1m\\x7f\\rc");
  expect(printable("rm \u202egnp.x\u2066")).toBe("rm \\u202egnp.x\\u2066");
});

test("lines, tabs and every script are kept", () => {
  const text = "a\tb\nünï → 日本 \u{1f600}";
  expect(printable(text)).toBe(text);
  expect(printable("a\r\nb")).toBe("a\nb");
});

test("a cell is one line", () => {
  expect(printableLine("a\nb\tc")).toBe("a\\nb\\tc");
});
