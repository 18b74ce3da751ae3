import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readNotification } from "../../../src/drivers/tmux/notifications.ts";

const read = (text: string): unknown => {
  const found = readNotification(Buffer.from(text));
  return found?.kind === "output" ? { ...found, data: Buffer.from(found.data).toString() } : found;
};

test("output names its pane and keeps its bytes", () => {
  expect(read("%output %12 a : b")).toEqual({ kind: "output", paneId: "%12", data: "a : b" });
});

test("extended output is the same after its lone colon", () => {
  const wanted = { kind: "output", paneId: "%1", data: "x : y:z" };
  expect(read("%extended-output %1 17 : x : y:z")).toEqual(wanted);
  expect(read("%extended-output %1 17 later fields : x : y:z")).toEqual(wanted);
  expect(read("%extended-output %1 17 : ")).toEqual({ ...wanted, data: "" });
});

test("pause, continue and exit are told apart", () => {
  expect(read("%pause %4")).toEqual({ kind: "pause", paneId: "%4" });
  expect(read("%continue %4")).toEqual({ kind: "continue", paneId: "%4" });
  expect(read("%exit")).toEqual({ kind: "exit", reason: "" });
  expect(read("%exit server exited")).toEqual({ kind: "exit", reason: "server exited" });
});

test("a subscription carries its value, colons and all", () => {
  expect(read("%subscription-changed st $0 @0 0 %7 : 0 : title")).toEqual({
    kind: "subscription",
    name: "st",
    paneId: "%7",
    value: "0 : title",
  });
});

test("windows and clients that change are hints to look again", () => {
  expect(read("%window-close @3")).toEqual({ kind: "windows-changed" });
  expect(read("%layout-change @1 b25f,80x24,0,0,2 x *")).toEqual({ kind: "windows-changed" });
  expect(read("%client-detached /dev/pts/1")).toEqual({ kind: "clients-changed" });
});

test("a notification of a later tmux is no error", () => {
  expect(read("%paste-buffer-changed b1")).toEqual({
    kind: "other",
    name: "paste-buffer-changed",
  });
});

test("a malformed notification is not understood", () => {
  expect(read("%output 12 a")).toBeUndefined();
  expect(read("%Output %1 a")).toBeUndefined();
  expect(read("%")).toBeUndefined();
  expect(read("%pause %x")).toBeUndefined();
});

test("no bytes make it throw (fuzz)", () => {
  const tail = fc.uint8Array({ maxLength: 80 });
  fc.assert(
    fc.property(tail, fc.constantFrom("output", "x", ""), (bytes, word) => {
      const line = Buffer.concat([Buffer.from(`%${word} `), bytes]);
      expect(() => readNotification(line)).not.toThrow();
    }),
    { seed: 7, numRuns: 500 },
  );
});
