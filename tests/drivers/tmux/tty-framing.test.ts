import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createTtyFraming } from "../../../src/drivers/tmux/tty-framing.ts";

const through = (...chunks: string[]): string => {
  const framing = createTtyFraming();
  return chunks
    .map((chunk) => Buffer.from(framing.push(Buffer.from(chunk, "latin1"))).toString("latin1"))
    .join("");
};

test("what stands before the greeting is dropped, with the greeting", () => {
  expect(through("echoed input\r\n\x1bP1000p%begin 1 1 0\r\n")).toBe("%begin 1 1 0\n");
  expect(through("banner \x1bP10", "00p", "%x\r\n")).toBe("%x\n");
});

test("nothing is greeted by a piece of a greeting", () => {
  const framing = createTtyFraming();
  expect(framing.push(Buffer.from("\x1bP1000"))).toHaveLength(0);
  expect(framing.isGreeted()).toBe(false);
});

test("exactly one CR goes from before each LF", () => {
  expect(through("\x1bP1000pa\r\r\nb\rc\n\r\n")).toBe("a\r\nb\rc\n\n");
});

test("the result does not depend on where the stream is cut (fuzz)", () => {
  const byte = fc.constantFrom("\r", "\n", "a", "\x1b", "P");
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), fc.array(fc.nat(70)), (bytes, places) => {
      const whole = `noise\x1bP1000p${bytes.join("")}`;
      const at = [...new Set(places)].toSorted((a, b) => a - b);
      const chunks = [0, ...at].map((start, index) => whole.slice(start, at[index]));
      const wanted = bytes.join("").replaceAll("\r\n", "\n").replace(/\r$/, "");
      expect(through(...chunks)).toBe(wanted);
    }),
    { seed: 5, numRuns: 500 },
  );
});
