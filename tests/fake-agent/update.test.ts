import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { parseScript } from "../../src/fake-agent/script.ts";
import { Driven } from "./drive.ts";

test("a prompt is answered with the length and hash of its exact text", () => {
  const text = "two\nlines with 🙂 and\ttab";
  const sha256 = createHash("sha256").update(text).digest("hex").slice(0, 12);
  const agent = new Driven().submit(text);
  expect(agent.kind).toBe("working");
  agent.finishWork();
  expect(agent.kind).toBe("idle");
  expect(agent.printed.at(-1)).toBe(
    `● ack chars=${Array.from(text).length} sha256=${sha256} two lines with 🙂 and    tab`,
  );
});

test("every submitted prompt gets one receipt with its exact text", () => {
  const agent = new Driven().type("a ").paste("b\nc\nd\ne").type(" f").key("enter");
  expect(agent.of("receipt")).toEqual([
    { type: "receipt", text: "a b\nc\nd\ne f", during: "idle" },
  ]);
});

test("an empty composer submits nothing", () => {
  expect(new Driven().key("enter").type("  ").key("enter").effects).toEqual([]);
});

test("a prompt submitted during a turn waits for its end, and its receipt says so", () => {
  const agent = new Driven().submit("first").submit("second");
  expect(agent.of("receipt").map((receipt) => receipt.during)).toEqual(["idle", "working"]);
  expect(agent.screen()).toContain("  queued: second");
  agent.finishWork().finishWork();
  expect(agent.kind).toBe("idle");
  expect(agent.printed.filter((line) => line.startsWith("● ack"))).toHaveLength(2);
});

test("an approved command runs, and its exit code is told", () => {
  const agent = new Driven().submit("do:run make test").finishWork();
  expect(agent.kind).toBe("dialog");
  agent.type("1");
  expect(agent.of("run")).toEqual([{ type: "run", turn: 1, command: "make test" }]);
  agent.event({ type: "ran", turn: 1, code: 2, output: "no rule\n" });
  expect(agent.printed.slice(-2)).toEqual(["● ran: exit 2", "  ⎿ no rule"]);
  expect(agent.kind).toBe("idle");
});

test.each([
  ["the number", (agent: Driven) => agent.type("2")],
  ["the arrow", (agent: Driven) => agent.key("down").key("enter")],
  ["escape", (agent: Driven) => agent.key("escape")],
  ["ctrl-c", (agent: Driven) => agent.key("interrupt")],
])("a command is denied with %s and never runs", (_, answer) => {
  const agent = answer(new Driven().submit("do:run rm x\ndo:say after").finishWork());
  expect(agent.printed.at(-1)).toBe("● denied");
  expect(agent.of("run")).toEqual([]);
  expect(agent.kind).toBe("idle");
});

test("text and pastes do not get through a dialog, and the draft comes back after it", () => {
  const agent = new Driven().submit("do:slow 1\ndo:run ls").type("draft");
  agent.finishWork().finishWork();
  agent.paste("1").type("7").type("hello");
  expect(agent.kind).toBe("dialog");
  agent.key("escape");
  expect(agent.screen()).toContain("> draft");
});

test("a question offers its options and prints the one chosen", () => {
  const agent = new Driven().submit("do:ask Which? | red | blue").finishWork();
  expect(agent.screen().slice(1, 4)).toEqual(["? Which?", "❯ 1. red", "  2. blue"]);
  agent.key("down").key("down").key("enter");
  expect(agent.printed.at(-1)).toBe("● answered: blue");
});

test("text that begins with ! runs without a question", () => {
  const agent = new Driven().submit("!touch proof");
  expect(agent.of("run")).toEqual([{ type: "run", turn: 1, command: "touch proof" }]);
});

test("a leading space protects from ! and /", () => {
  const agent = new Driven().submit(" !touch proof").finishWork().submit(" /exit").finishWork();
  expect(agent.of("run")).toEqual([]);
  expect(agent.of("exit")).toEqual([]);
});

test("/exit ends the agent and other slash words are unknown", () => {
  const agent = new Driven().submit("/clear now");
  expect(agent.printed.at(-1)).toBe("✗ unknown command /clear now");
  expect(agent.submit("/exit").of("exit")).toEqual([{ type: "exit", code: 0 }]);
  expect(agent.kind).toBe("over");
});

test("escape interrupts a turn, and what it still reports is ignored", () => {
  const agent = new Driven().submit("do:slow 60\ndo:say never").finishWork().key("escape");
  expect(agent.printed.at(-1)).toBe("⎿ interrupted");
  expect(agent.of("cancel")).toHaveLength(1);
  agent.event({ type: "done", turn: 1 });
  expect(agent.printed).not.toContain("● never");
  expect(agent.kind).toBe("idle");
});

test("ctrl-c clears a draft, and twice on an empty composer exits", () => {
  const agent = new Driven().type("draft").key("interrupt");
  expect(agent.screen()).toContain("? for help");
  agent.key("interrupt").type("x").key("backspace").key("interrupt");
  expect(agent.of("exit")).toEqual([]);
  expect(agent.screen()).toContain("press ctrl-c again to exit");
  expect(agent.key("interrupt").of("exit")).toEqual([{ type: "exit", code: 0 }]);
});

test.each([
  ["do:fail broken pipe", "✗ broken pipe"],
  ["do:limit 90", "✗ usage limit reached · resets at 1970-01-01T01:46:40Z"],
  ["do:nonsense", "✗ bad directive do:nonsense"],
  ["do:flood x y", "✗ bad directive do:flood x y"],
  ["do:long 2", "  line 2 of 2"],
  ["do:say done\ndo:say really", "● really"],
])("%s prints %s and the agent is idle again", (prompt, line) => {
  const agent = new Driven().submit(prompt).finishWork();
  expect(agent.printed.at(-1)).toBe(line);
  expect(agent.kind).toBe("idle");
});

test("a crash ends with its code or its signal", () => {
  expect(new Driven().submit("do:crash 7").finishWork().of("exit")).toEqual([
    { type: "exit", code: 7 },
  ]);
  expect(new Driven().submit("do:crash SIGKILL").finishWork().of("kill")).toEqual([
    { type: "kill", signal: "SIGKILL" },
  ]);
});

test("a hung agent reacts to nothing", () => {
  const agent = new Driven().submit("do:hang").finishWork();
  const before = agent.effects.length;
  agent.key("escape").key("interrupt").key("interrupt").submit("/exit");
  expect(agent.kind).toBe("hung");
  expect(agent.effects).toHaveLength(before);
});

test("a script's rules answer in order and as often as they may", () => {
  const rules = [
    { match: "^plan", times: 1, actions: ["say first"] },
    { match: "^plan", actions: ["slow 2", "say second"] },
  ];
  const agent = new Driven(parseScript(JSON.stringify({ rules })));
  agent.submit("plan").finishWork().submit("plan").finishWork().finishWork(2000);
  expect(agent.printed.filter((line) => line.startsWith("●"))).toEqual(["● first", "● second"]);
});

test("a start dialog stands before the composer, and no means exit", () => {
  const script = parseScript('{"start":{"dialog":"Do you trust the files in this folder?"}}');
  const agent = new Driven(script);
  expect(agent.screen().slice(1)).toEqual([
    "Do you trust the files in this folder?",
    "❯ 1. Yes, proceed",
    "  2. No, exit",
    "enter confirm · esc exit",
  ]);
  expect(agent.key("enter").kind).toBe("idle");
  expect(new Driven(script).key("escape").of("exit")).toEqual([{ type: "exit", code: 0 }]);
});

test("an agent can hang or exit at its start", () => {
  expect(new Driven(parseScript('{"start":{"hang":true}}')).screen()).toEqual([]);
  const failed = new Driven(parseScript('{"start":{"exit":3}}'));
  expect(failed.of("exit")).toEqual([{ type: "exit", code: 3 }]);
});
