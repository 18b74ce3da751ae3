import { expect, test } from "vitest";
import type { JournalEvent } from "../../../src/contract/events.ts";
import {
  ChainCheck,
  canonicalJson,
  chainHash,
  type StoredLink,
} from "../../../src/core/journal/index.ts";

const START = { seq: 0, hash: "0" };
const events = [1, 2, 3, 4].map(
  (seq): JournalEvent => ({
    seq,
    id: `ev_${seq}`,
    time: seq,
    type: "daemon.started",
    subject: "daemon",
    actor: "daemon",
    data: { pid: seq },
  }),
);
const links = events.reduce<StoredLink[]>((before, event) => {
  const hash = chainHash(before.at(-1)?.hash ?? START.hash, event);
  return [...before, { seq: event.seq, hash, event }];
}, []);
const [one, two, three, four] = links;

test.each<[string, (StoredLink | undefined)[], object | undefined]>([
  ["nothing, where each follows from the one before", [one, two, three, four], undefined],
  ["one that is missing", [one, three], { seq: 2, says: "is missing" }],
  ["several that are missing", [one, four], { seq: 2, says: "and 1 more are missing" }],
  ["one that stands twice", [one, two, two], { seq: 2, says: "stands twice or out of order" }],
  ["one that stands too late", [one, two, one], { seq: 1, says: "stands twice or out of order" }],
  [
    "one that cannot be read",
    [one, two && { ...two, event: undefined }],
    { seq: 2, says: "cannot be read" },
  ],
  [
    "one that was changed",
    [one, two && { ...two, event: events[2] }],
    { seq: 2, says: "was changed, or does not follow from the one before" },
  ],
])("a walk along the journal finds %s", (_claim, rows, wrong) => {
  const check = new ChainCheck(START);
  const found = rows.flatMap((row) => (row === undefined ? [] : [check.next(row)]));
  expect(found.at(-1)).toEqual(wrong);
  expect(found.slice(0, -1)).toEqual(found.slice(0, -1).map(() => undefined));
});

test("the same value is the same text, whatever the order of its fields", () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: undefined })).toBe('{"b":[{"c":null,"d":1}]}');
  expect(canonicalJson(undefined)).toBe("null");
});
