import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readSlice } from "../../src/daemon/log-files.ts";
import { temporaryFolder } from "../support/stores.ts";

test("a log is read on by its offset, in whole characters, and from the start once it was begun anew", () => {
  const file = path.join(temporaryFolder(), "a.log");
  const text = "aé漢🎉".repeat(500);
  writeFileSync(file, text);
  let read = "";
  for (let offset = 0; ; ) {
    const slice = readSlice(file, { offset, limit: 1_025 });
    if (slice.text === "") break;
    read += slice.text;
    offset = slice.next;
  }
  expect(read).toBe(text);
  writeFileSync(file, "anew");
  expect(readSlice(file, { offset: 3_000, limit: 1_024 })).toMatchObject({
    offset: 0,
    text: "anew",
  });
});

test("without an offset the end of a log is read, and of a missing one nothing", () => {
  const file = path.join(temporaryFolder(), "a.log");
  expect(readSlice(file, { limit: 1_024 })).toEqual({ offset: 0, text: "", next: 0, size: 0 });
  writeFileSync(file, `${"é".repeat(2_000)}!`);
  const { text, next, size } = readSlice(file, { limit: 1_024 });
  expect({ end: text.endsWith("é!"), whole: !text.includes("\u{fffd}"), next, size }).toEqual({
    end: true,
    whole: true,
    next: 4_001,
    size: 4_001,
  });
});
