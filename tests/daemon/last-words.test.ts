import { expect, test } from "vitest";
import { LastWords } from "../../src/daemon/last-words.ts";

test("of what is said piece by piece the end is kept, however much it is", () => {
  const words = new LastWords(10);
  expect(words.text).toBe("");
  for (let at = 0; at < 1_000; at += 1) {
    words.add(`${at} `);
    expect(words.text.length).toBeLessThanOrEqual(10);
  }
  expect(words.text).toBe("7 998 999 ");
  words.clear();
  words.add("anew");
  expect(words.text).toBe("anew");
});
