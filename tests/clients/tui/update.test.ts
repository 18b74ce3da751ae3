import { expect, test } from "vitest";
import { isQuiet, selected } from "../../../src/clients/tui/state.ts";
import { approval, gated, MINUTE, NOON, Panel, snapshot } from "./support.ts";

const ENTER = "\r";
const ESC = "\x1b[27~\x1b\x1b";

function waiting(count: number): Panel {
  const all = Array.from({ length: count }, (_, index) => approval(index + 1));
  return new Panel().show(all).wait();
}

test("a sends the verdict with the hash that is shown", () => {
  const panel = waiting(1).type("a");
  expect(panel.verdicts).toEqual([
    { type: "decide", id: "a_1", verdict: { verdict: "approve", hash: "hash-1" } },
  ]);
});

test("a second a while the verdict is on its way sends nothing", () => {
  const panel = waiting(1).type("aa");
  expect(panel.verdicts).toHaveLength(1);
  expect(panel.notice).toBe("the verdict is on its way");
});

test("d asks for a reason; Enter sends it, trimmed", () => {
  const panel = waiting(1).type("d").type("not on Friday ").type(ENTER);
  expect(panel.verdicts).toEqual([
    {
      type: "decide",
      id: "a_1",
      verdict: { verdict: "deny", reason: "not on Friday", hash: "hash-1" },
    },
  ]);
  expect(panel.state.mode.name).toBe("list");
});

test("a denial needs no reason", () => {
  const panel = waiting(1).type("d").type(ENTER);
  expect(panel.verdicts[0]?.verdict).toEqual({ verdict: "deny", hash: "hash-1" });
});

test("Esc cancels a denial", () => {
  const panel = waiting(1).type("d").type("no").type(ESC);
  expect(panel.verdicts).toEqual([]);
  expect(panel.state.mode.name).toBe("list");
});

test.each([
  ["\x7f", "do no"],
  ["\x17", "do "],
  ["\x15", ""],
  ["\x1b[200~ a\r\nq\x1b[201~", "do not a q"],
  ["q?ad", "do notq?ad"],
])("a reason is edited: %j gives %j", (input, reason) => {
  const panel = waiting(1).type("d").type("do not").type(input);
  expect(panel.state.mode).toMatchObject({ name: "deny", reason });
});

test.each([
  ["j", 2],
  ["\x1b[B", 2],
  ["\x1bOB", 2],
  ["jjjj", 3],
  ["jjk", 2],
  ["jj\x1b[A", 2],
  ["G", 3],
  ["Gg", 1],
  ["k", 1],
])("%j moves the cursor to the approval %i", (input, number) => {
  expect(selected(waiting(3).type(input).state)?.number).toBe(number);
});

test("keys do nothing for 500 ms after the cursor's approval vanished", () => {
  const panel = waiting(3).show([approval(2), approval(3)]);
  expect(selected(panel.state)?.number).toBe(2);
  expect(panel.wait(499).type("aadj\r").verdicts).toEqual([]);
  expect(selected(panel.state)?.number).toBe(2);
  expect(panel.state.mode.name).toBe("list");
  expect(panel.wait(1).type("a").verdicts).toMatchObject([{ id: "a_2" }]);
});

test("the cursor stays with its approval when an older one comes in above, and keys pause", () => {
  const panel = new Panel().show([approval(5)]).wait();
  panel.show([approval(4), approval(5)]);
  expect(selected(panel.state)?.number).toBe(5);
  expect(isQuiet(panel.state)).toBe(true);
});

test("an approval that comes in below moves nothing and pauses nothing", () => {
  const panel = waiting(1).show([approval(1), approval(2)]);
  expect(isQuiet(panel.state)).toBe(false);
  expect(panel.type("a").verdicts).toMatchObject([{ id: "a_1" }]);
});

test("the first approval of an empty list pauses keys: an a typed just then was not about it", () => {
  const panel = new Panel()
    .show([])
    .wait()
    .show([approval(1)])
    .type("a");
  expect(panel.verdicts).toEqual([]);
});

test("a question that changed under the reader pauses keys, and the verdict is about the new one", () => {
  const panel = waiting(1).show([approval(1, { hash: "other", text: "rm -rf /" })]);
  expect(panel.type("a").verdicts).toEqual([]);
  expect(panel.wait(500).type("a").verdicts).toMatchObject([{ verdict: { hash: "other" } }]);
});

test("after a verdict the next approval comes under the cursor, and keys pause", () => {
  const panel = waiting(2).type("a");
  panel.send({ type: "decided", approval: approval(1, { state: "approved" }), now: panel.now });
  expect(selected(panel.state)?.number).toBe(2);
  expect(panel.notice).toBe("approved #1");
  expect(panel.paint().type("a").verdicts).toHaveLength(1);
});

test("a snapshot from before the verdict does not bring the approval back", () => {
  const panel = waiting(2).type("a");
  panel.send({ type: "decided", approval: approval(1, { state: "approved" }), now: panel.now });
  panel.show([approval(1), approval(2)]);
  expect(panel.state.queue.map((each) => each.number)).toEqual([2]);
});

test("the pause and the notice each wake the panel at their end", () => {
  const panel = new Panel().show([approval(1)]);
  expect(panel.effects).toEqual([{ type: "wake", at: NOON + 500 }]);
});

test("a yes that needs more people stays in the queue, with who has spoken", () => {
  const panel = waiting(1).type("a");
  const vote = { quorum: 2, denyThreshold: 1, yes: ["owner"], no: [] };
  panel.send({ type: "decided", approval: approval(1, { vote }), now: panel.now });
  expect(panel.notice).toBe("#1 counted; it needs more people");
  expect(panel.state.queue).toMatchObject([{ id: "a_1", vote }]);
});

test("a lost race says who was faster and when", () => {
  const panel = waiting(1).type("a");
  panel.send({
    type: "refused",
    id: "a_1",
    why: "decided",
    message: "",
    decidedBy: "cli",
    decidedAt: NOON + 3 * 60_000,
    now: panel.now,
  });
  expect(panel.notice).toBe("#1 already decided by cli at 12:03");
  expect(panel.state.queue).toEqual([]);
});

test("an approval that goes while its reason is typed takes no verdict, and no typed key falls into the list", () => {
  const panel = waiting(2).type("d").type("becau");
  const cli = { decidedBy: "cli", decidedAt: NOON + 3 * 60_000 };
  panel.show([approval(1, { state: "approved", ...cli }), approval(2)]);
  panel.wait(2_000).type("se it is a bad idea");
  expect(panel.state.mode).toMatchObject({
    name: "deny",
    reason: "becau",
    held: { fate: "already decided by cli at 12:03" },
  });
  panel.type(ENTER).type("a");
  expect(panel.verdicts).toEqual([]);
  expect(panel.state.mode.name).toBe("list");
});

test("a question that changes while its reason is typed takes no verdict", () => {
  const panel = waiting(1).type("d").type("no");
  panel.show([approval(1, { hash: "other" })]).wait();
  expect(panel.type(ENTER).verdicts).toEqual([]);
});

test("without a connection nothing can be decided, and it comes back with the next snapshot", () => {
  const panel = waiting(1);
  panel.send({ type: "lost", why: "no daemon", now: panel.now }).paint();
  expect(panel.type("a").type("d").verdicts).toEqual([]);
  expect(panel.state.mode.name).toBe("list");
  expect(panel.notice).toBe("no connection: no verdict now");
  expect(panel.show([approval(1)]).type("a").verdicts).toHaveLength(1);
});

test("a verdict without an answer counts as a lost connection", () => {
  const panel = waiting(1).type("a");
  const refusal = { id: "a_1", message: "socket closed", decidedBy: null, decidedAt: null };
  panel.send({ type: "refused", ...refusal, why: "unreachable", now: panel.now });
  expect(panel.state.link.name).toBe("lost");
  expect(panel.effects.at(-2)).toEqual({ type: "refresh" });
});

test("a long command must have been on the screen to its end before it can be approved", () => {
  const text = Array.from({ length: 60 }, (_, index) => `echo ${index}`).join("\n");
  const panel = new Panel().show([approval(1, { text })]).wait();
  expect(panel.type("a").verdicts).toEqual([]);
  expect(panel.notice).toContain("read on");
  expect(panel.type("   a").verdicts).toHaveLength(1);
});

test("jumping to the end is not reading", () => {
  const text = Array.from({ length: 60 }, (_, index) => `echo ${index}`).join("\n");
  const panel = new Panel().show([approval(1, { text })]).wait();
  expect(panel.type("\rG").type("a").verdicts).toEqual([]);
});

test("keys that arrive in one burst cannot approve what was never painted", () => {
  expect(waiting(3).burst("ja").verdicts).toEqual([]);
  const text = Array.from({ length: 60 }, (_, index) => `echo ${index}`).join("\n");
  const panel = new Panel().show([approval(1, { text })]).wait();
  expect(panel.burst("    a").verdicts).toEqual([]);
});

test("in one column a opens the question first when the row cannot show the whole command", () => {
  const text = "git push --force origin main && rm -rf build";
  const panel = new Panel({ columns: 40, rows: 10 }).show([approval(1, { text })]).wait();
  panel.type("a");
  expect(panel.state.mode.name).toBe("detail");
  expect(panel.type("aaa").verdicts).toEqual([]);
  expect(panel.wait(600).type("a").verdicts).toHaveLength(1);
});

test.each([
  { columns: 40, rows: 20 },
  { columns: 80, rows: 24 },
])("at $columns×$rows the question stands beside the list, so a approves at once", (size) => {
  const text = "git push --force origin main && rm -rf build";
  const panel = new Panel(size).show([approval(1, { text })]).wait();
  expect(panel.type("a").verdicts).toHaveLength(1);
});

test("a terminal that is too small takes no key but q", () => {
  const panel = waiting(2).type("d").type("no");
  panel
    .send({ type: "resize", size: { columns: 20, rows: 5 } })
    .paint()
    .type("x\r");
  expect(panel.verdicts).toEqual([]);
  expect(panel.state.mode).toMatchObject({ name: "deny", reason: "no" });
  expect(panel.type("q").effects.at(-1)).toEqual({ type: "quit" });
});

test("what a too small terminal never showed counts as unread when it grows", () => {
  const text = "x".repeat(2_000);
  const panel = new Panel({ columns: 20, rows: 5 }).show([approval(1, { text })]).wait();
  panel.send({ type: "resize", size: { columns: 40, rows: 14 } }).type("a");
  expect(panel.verdicts).toEqual([]);
});

test("pasted text and keys with Alt give no verdict", () => {
  expect(waiting(1).type("\x1b[200~a\x1b[201~").type("\x1ba").verdicts).toEqual([]);
});

test.each([
  ["q", true],
  ["\x03", true],
  ["?q", true],
  ["dq", false],
  ["d\x03", true],
  ["\rq", true],
])("%j quits: %s", (input, quits) => {
  expect(
    waiting(1)
      .type(input)
      .effects.some((effect) => effect.type === "quit"),
  ).toBe(quits);
});

test("help opens and closes even while keys pause", () => {
  const panel = new Panel().show([approval(1)]).type("?");
  expect(panel.state.mode.name).toBe("help");
  expect(panel.type("?").state.mode.name).toBe("list");
});

test("approvals that are not pending are not listed", () => {
  const panel = new Panel().send(snapshot([approval(1, { state: "expired" }), approval(2)]));
  expect(panel.state.queue.map((each) => each.number)).toEqual([2]);
});

test("A shows what it would allow, and only Enter after it says yes from now on", () => {
  const panel = new Panel()
    .show([gated(7)])
    .wait()
    .type("A");
  expect(panel.state.mode.name).toBe("always");
  expect(panel.verdicts).toEqual([]);
  panel.type("A").type("a");
  expect(panel.verdicts).toEqual([]);
  panel.type("\r");
  const verdict = { verdict: "approve", hash: "hash-7", grantMs: 7 * 24 * 60 * MINUTE };
  expect(panel.verdicts.map((effect) => effect.verdict)).toEqual([verdict]);
});

test("Escape takes an always back, and nothing was decided", () => {
  const panel = new Panel()
    .show([gated(7)])
    .wait()
    .type("A")
    .type("\x1b");
  panel.send({ type: "key", key: { kind: "named", name: "escape" }, now: panel.now });
  expect(panel.state.mode.name).toBe("list");
  expect(panel.verdicts).toEqual([]);
});

test("what can be approved once only says why, and asks for nothing", () => {
  const panel = new Panel().show([gated(7, { onceOnly: "bash runs whatever it is given" })]).wait();
  panel.type("A");
  expect(panel.notice).toBe("once only: bash runs whatever it is given");
  const dialog = new Panel()
    .show([approval(1)])
    .wait()
    .type("A");
  expect(dialog.notice).toContain("once only");
  expect([panel.state.mode.name, dialog.state.mode.name]).toEqual(["list", "list"]);
});

test("an always about a question that changed meanwhile goes out with nothing", () => {
  const panel = new Panel()
    .show([gated(7)])
    .wait()
    .type("A");
  panel
    .show([{ ...gated(7), hash: "another" }])
    .wait()
    .type("\r");
  expect(panel.verdicts).toEqual([]);
});

test("keys do nothing for half a second after the item under the cursor changed", () => {
  const panel = new Panel().show([gated(1), gated(2)]).wait();
  panel
    .show([gated(2)])
    .wait(499)
    .type("aAd");
  expect([panel.verdicts, panel.state.mode.name]).toEqual([[], "list"]);
  panel.wait(1).type("a");
  expect(panel.verdicts.map((effect) => effect.id)).toEqual(["a_2"]);
});

test("a new question rings, once, and what waited when the panel came does not", () => {
  const rings = (panel: Panel) => panel.effects.filter(({ type }) => type === "bell").length;
  const panel = new Panel().show([gated(1)]);
  expect(rings(panel)).toBe(0);
  panel.show([gated(1), gated(2)]).show([gated(1), gated(2)]);
  expect(rings(panel)).toBe(1);
  panel.show([gated(2)]);
  expect(rings(panel)).toBe(1);
});

test("a question rings again a minute before it expires, and says so", () => {
  const soon = { ...gated(1), expiresAt: NOON + 2 * MINUTE };
  const panel = new Panel().show([soon]).wait(MINUTE - 1);
  expect(panel.effects).not.toContainEqual({ type: "bell" });
  panel.wait(1).wait(1_000).wait(1_000);
  expect(panel.effects.filter(({ type }) => type === "bell")).toHaveLength(1);
  expect(panel.notice).toBe("#1 expires in a minute");
});
