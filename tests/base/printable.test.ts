import { expect, test } from "vitest";
import { exact, printable, printableLine } from "../../src/base/printable.ts";

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

test("an action shows what nobody would see in it, and stays as it is otherwise", () => {
  expect(exact("rm bu\u200bild\u00a0x\u{e0041}\x1b[m")).toBe(
    "rm bu\\u{200b}ild\\u{a0}x\\u{e0041}\\x1b[m",
  );
  expect(exact("for f in a b\n\tdo echo 日本 ü\ndone")).toBe(
    "for f in a b\n\tdo echo 日本 ü\ndone",
  );
});
