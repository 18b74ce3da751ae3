import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatLiteral,
  quote,
  shellQuote,
  timeFormatLiteral,
} from "../../../src/drivers/tmux/quote.ts";
import { BYTE_CASES } from "./byte-cases.ts";

/** Reads a quoted argument back the way tmux's parser reads octal escapes. */
function unquote(quoted: string): Buffer {
  const inner = quoted.slice(1, -1);
  const bytes: number[] = [];
  for (let at = 0; at < inner.length; at += 1) {
    if (inner[at] === "\\") {
      bytes.push(Number.parseInt(inner.slice(at + 1, at + 4), 8));
      at += 3;
    } else bytes.push(inner.charCodeAt(at));
  }
  return Buffer.from(bytes);
}

const SAFE = /^"([A-Za-z0-9 _.,/:=+@-]|\\[0-3][0-7]{2})*"$/;

test.each(BYTE_CASES)("$name is quoted without a byte that tmux could read as its own", (item) => {
  const quoted = quote(item.bytes);
  expect(quoted).toMatch(SAFE);
  expect(unquote(quoted).equals(item.bytes)).toBe(true);
});

test("any bytes but NUL survive, and nothing else gets through (fuzz)", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const carried = bytes.filter((byte) => byte !== 0);
      const quoted = quote(carried);
      expect(quoted).toMatch(SAFE);
      expect(unquote(quoted).equals(Buffer.from(carried))).toBe(true);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test("NUL is refused", () => {
  expect(() => quote("a\0b")).toThrow("NUL");
});

test("formats and dates in a name stay letters", () => {
  expect(formatLiteral("#{pane_id} #(x)")).toBe("##{pane_id} ##(x)");
  expect(timeFormatLiteral("100%d#")).toBe("100%%d##");
});

test("a shell word keeps its quotes", () => {
  expect(shellQuote("a'b $c")).toBe(`'a'\\''b $c'`);
});
