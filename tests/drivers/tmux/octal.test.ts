import * as fc from "fast-check";
import { expect, test } from "vitest";
import { unescapeInPlace } from "../../../src/drivers/tmux/octal.ts";

/** What tmux 3.3a does: bytes below 0x20 and the backslash become `\ooo`, the rest stays raw. */
function escapeLikeTmux(bytes: Uint8Array): Buffer {
  const parts = Array.from(bytes, (byte) =>
    byte < 0x20 || byte === 0x5c
      ? Buffer.from(`\\${byte.toString(8).padStart(3, "0")}`)
      : Buffer.of(byte),
  );
  return Buffer.concat(parts);
}

test("escapes become bytes and the rest stays", () => {
  const text = Buffer.from("\\033[1m\\134x\\015\\012é");
  expect(Buffer.from(unescapeInPlace(text)).toString()).toBe("\x1b[1m\\x\r\né");
});

test("a backslash without three octal digits stays as it is", () => {
  for (const text of ["\\", "\\1", "\\12", "\\9zz", "a\\08", "\\400", "\\x41"]) {
    expect(Buffer.from(unescapeInPlace(Buffer.from(text))).toString()).toBe(text);
  }
});

test("every byte survives escaping and back, bad UTF-8 too (fuzz)", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const back = unescapeInPlace(escapeLikeTmux(bytes));
      expect(Buffer.from(back).equals(Buffer.from(bytes))).toBe(true);
    }),
    { seed: 11, numRuns: 500 },
  );
});
