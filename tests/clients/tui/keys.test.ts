import { expect, test } from "vitest";
import { createKeyReader } from "../../../src/clients/tui/key-reader.ts";
import { helpLines, keyLabel, keymap } from "../../../src/clients/tui/keymap.ts";
import { decodeKeys, flushKeys, type Key } from "../../../src/clients/tui/keys.ts";
import { FakeClock } from "./support.ts";

const say = (key: Key) => (key.kind === "named" ? key.name : `${key.kind}:${key.text}`);

test.each([
  ["a", ["char:a"]],
  ["é漢🚀", ["char:é", "char:漢", "char:🚀"]],
  ["\r", ["enter"]],
  ["\x1b[A\x1bOB", ["up", "down"]],
  ["\x1b[1;5A", ["up"]],
  ["\x1b[5~\x1b[6~", ["page-up", "page-down"]],
  ["\x1b[200~rm\ra\x1b[201~q", ["paste:rm\ra", "char:q"]],
  ["\x1ba", []],
  ["\x1b\x1b[A", ["escape", "up"]],
  ["\x1b]11;rgb:0/0/0\x07a", ["char:a"]],
  ["\x1bP1+r\x1b\\d", ["char:d"]],
  ["\x1b[?1;2c", []],
  ["\x1b[97;5u", []],
  ["\x01\x02", []],
])("%j is %j", (input, keys) => {
  expect(decodeKeys(input)).toEqual({ keys: decodeKeys(input).keys, rest: "" });
  expect(decodeKeys(input).keys.map(say)).toEqual(keys);
});

test.each([
  "\x1b",
  "\x1b[",
  "\x1b[1;5",
  "\x1bO",
  "\x1b]11;rgb",
  "\x1b[200~abc",
  "\x1b[200~a\x1b[20",
])("%j waits for its end", (input) => {
  expect(decodeKeys(input)).toEqual({ keys: [], rest: input });
});

test("a stream cut anywhere gives the same keys", () => {
  const bytes = Buffer.from("aé\x1b[A\x1b[200~漢\r\x1b[201~\x1b[6~🚀\x1bOBq");
  const whole = decodeKeys(bytes.toString()).keys.map(say);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const keys: Key[] = [];
    const reader = createKeyReader(new FakeClock(), (more) => keys.push(...more));
    reader.read(bytes.subarray(0, cut));
    reader.read(bytes.subarray(cut));
    expect(keys.map(say)).toEqual(whole);
  }
});

test("a lone ESC is the Escape key after 50 ms, and half a sequence is nothing", () => {
  const clock = new FakeClock();
  const keys: Key[] = [];
  const reader = createKeyReader(clock, (more) => keys.push(...more));
  reader.read("\x1b");
  clock.advance(49);
  expect(keys).toEqual([]);
  clock.advance(1);
  expect(keys.map(say)).toEqual(["escape"]);
  reader.read("\x1b[1;");
  clock.advance(1_000);
  reader.read("a");
  expect(keys.map(say)).toEqual(["escape", "char:a"]);
  expect(flushKeys("\x1b[")).toEqual([]);
});

test("a slow paste is never taken for keys", () => {
  const clock = new FakeClock();
  const keys: Key[] = [];
  const reader = createKeyReader(clock, (more) => keys.push(...more));
  reader.read("\x1b[200~a");
  clock.advance(5_000);
  reader.read("d\x1b[201~");
  expect(keys.map(say)).toEqual(["paste:ad"]);
});

test("no key means two things in one place", () => {
  const bound = keymap.flatMap(({ keys, places }) =>
    places.flatMap((place) => keys.map((key) => `${place} ${key}`)),
  );
  expect(bound.filter((each, index) => bound.indexOf(each) !== index)).toEqual([]);
});

test("help names every key that does something outside of help itself", () => {
  const told = helpLines().flatMap(({ keys, says }) =>
    keys.split(" ").map((key) => `${key} ${says.replace(/^(reason|always): /, "")}`),
  );
  const bound = keymap.filter(({ places }) => !places.every((place) => place === "help"));
  const named = bound.flatMap(({ keys, says }) => keys.map((key) => `${keyLabel(key)} ${says}`));
  expect(told.toSorted()).toEqual(named.toSorted());
});
