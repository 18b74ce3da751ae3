import { expect, test } from "vitest";
import type { PaneRow } from "../../../src/drivers/tmux/facts.ts";
import { Strangers } from "../../../src/drivers/tmux/strangers.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const row = (paneId: string, isOurs: boolean): PaneRow => ({
  paneId,
  sessionId: "$0",
  sessionName: "s",
  windowId: "@1",
  isPlaceholder: false,
  pid: 1,
  ours: isOurs
    ? {
        note: { session: "s", nonce: "n", command: "sh", logPath: "/log" },
        facts: {
          paneId,
          session: "s",
          terminalId: "t_1",
          pid: 1,
          dead: false,
          exitCode: undefined,
          inMode: false,
          title: "",
          command: "sh",
        },
      }
    : undefined,
});
const text = (held: readonly Uint8Array[]): string => Buffer.concat(held).toString();

test("what a pane of ours said before it was followed is handed over", () => {
  const strangers = new Strangers();
  expect(strangers.hold("%1", bytes("one "))).toBe(true);
  expect(strangers.hold("%1", bytes("two"))).toBe(false);
  strangers.ask();
  expect(strangers.judge([row("%1", true)])).toEqual([]);
  const { held, isHushed } = strangers.claim("%1");
  expect(text(held)).toBe("one two");
  expect(isHushed).toBe(false);
  expect(strangers.claim("%1").held).toEqual([]);
});

test("a pane that is not ours is silenced once", () => {
  const strangers = new Strangers();
  strangers.hold("%2", bytes("x"));
  strangers.ask();
  expect(strangers.judge([row("%2", false)])).toEqual(["%2"]);
  strangers.hold("%2", bytes("late"));
  strangers.ask();
  expect(strangers.judge([row("%2", false)])).toEqual([]);
  expect(strangers.claim("%2")).toEqual({ held: [], isHushed: true });
});

test("a listing asked for before a pane was heard says nothing of it", () => {
  const strangers = new Strangers();
  strangers.ask();
  strangers.hold("%3", bytes("early"));
  expect(strangers.judge([])).toEqual([]);
  expect(text(strangers.claim("%3").held)).toBe("early");
});

test("no pane keeps more than 64 kB, and one that is gone keeps nothing", () => {
  const strangers = new Strangers();
  const piece = new Uint8Array(16 * 1024);
  for (let count = 0; count < 10; count += 1) strangers.hold("%4", piece);
  strangers.hold("%5", piece);
  strangers.ask();
  strangers.judge([row("%4", true)]);
  expect(Buffer.concat(strangers.claim("%4").held)).toHaveLength(64 * 1024);
  expect(strangers.claim("%5").held).toEqual([]);
});
