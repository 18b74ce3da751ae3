import { expect, test } from "vitest";
import {
  afterCrash,
  afterEnter,
  afterPaste,
  blockedBy,
  type DeliveryLook,
  markOf,
  occurrences,
} from "../../../src/core/messages/evidence.ts";
import { isReceiptOf } from "../../../src/core/messages/index.ts";

const look = (change: Partial<DeliveryLook> = {}): DeliveryLook => ({
  at: 0,
  status: "idle",
  detail: "",
  composer: "empty",
  composerText: "",
  inMode: false,
  dialog: false,
  foregroundIsAgent: true,
  screenText: "Welcome\n❯ ",
  ...change,
});
const text = "please look at the failing test";
const typed = { text, before: look() };
const draft = (composerText?: string, change: Partial<DeliveryLook> = {}) =>
  look({
    composer: "draft",
    composerText,
    screenText: `Welcome\n❯ ${composerText ?? text}`,
    ...change,
  });
const sent = look({ screenText: `Welcome\n> ${text}\n❯ ` });
const early = { elapsedMs: 100, boundMs: 1_500 };
const late = { elapsedMs: 3_000, boundMs: 1_500 };
const endless = { elapsedMs: 10_000_000, boundMs: 1_500 };

test("a text of which the CLI drops what is unseen is still ours", () => {
  const unseen = { ...typed, text: `\u200B${text.replace(" ", " \u2060")}` };
  expect(afterPaste(unseen, draft(text), early)).toMatchObject({ kind: "enter" });
});

test.each<[string, DeliveryLook, typeof early, string]>([
  ["our text in the composer", draft(text), early, "enter"],
  [
    "a screen drawn again without our text just now",
    look({ screenText: "Tip\n❯ " }),
    { elapsedMs: 2_000, boundMs: 1_500 },
    "wait",
  ],
  ["a composer that cannot be read, empty before", draft(), early, "enter"],
  ["a part of our text, as far as the box shows it", draft("look at the failing"), early, "enter"],
  ["our text, wrapped", draft("please look at\n  the failing test"), early, "enter"],
  ["a placeholder for our text", draft("[Pasted text #1 +3 lines]"), early, "enter"],
  ["one that was saved", draft("[Saved pasted content to workspace (1 KB) id=1]"), early, "enter"],
  ["a placeholder and a person's words", draft("hm [Pasted text #1 +3 lines]"), late, "uncertain"],
  ["our text and a person's words", draft(`hel${text}`), early, "wait"],
  ["our text and a person's words, later", draft(`hel${text}`), late, "uncertain"],
  ["a person's words only", draft("something of mine"), late, "uncertain"],
  ["letters that may be a person's or ours", draft("p"), early, "wait"],
  ["letters that may be a person's or ours, later", draft("p"), late, "uncertain"],
  ["our text under a dialog", draft(text, { dialog: true }), late, "wait"],
  ["our text in copy mode", draft(text, { inMode: true }), late, "wait"],
  ["our text behind another program", draft(text, { foregroundIsAgent: false }), late, "wait"],
  ["a dialog without end", draft(text, { dialog: true }), endless, "uncertain"],
  ["nothing yet", look(), early, "wait"],
  ["nothing, and nothing moves", look(), late, "wait"],
  ["nothing, and nothing ever moves", look(), endless, "uncertain"],
  ["a screen drawn again without our text", look({ screenText: "Tip\n❯ " }), late, "never-arrived"],
  [
    "the text in the transcript, the agent working",
    { ...sent, status: "working" },
    early,
    "submitted",
  ],
  ["other work, our text nowhere", look({ status: "working" }), late, "wait"],
  [
    "an echo in a CLI whose composer is not known",
    { ...sent, composer: "unknown" },
    early,
    "enter",
  ],
  ["an agent that ended", look({ status: "exited" }), early, "uncertain"],
])("after the paste, %s: %#", (_claim, now, time, kind) => {
  expect(afterPaste(typed, now, time).kind).toBe(kind);
});

/** Idle by its silence: no composer is seen. */
const mute = (change: Partial<DeliveryLook> = {}) => look({ composerText: undefined, ...change });
test.each<[string, DeliveryLook, typeof early, string]>([
  ["shows nothing yet", mute(), early, "wait"],
  ["shows nothing, its time is over", mute(), late, "enter"],
  ["shows our text", mute({ screenText: `$ ${text}` }), late, "enter"],
  ["shows something else", mute({ screenText: "Tip\n❯ " }), late, "uncertain"],
])("a CLI without a composer that %s after the paste", (_claim, now, time, kind) => {
  expect(afterPaste({ text, before: mute() }, now, time).kind).toBe(kind);
});

const first = { sinceEnterMs: 100, enters: 1 };
const second = { sinceEnterMs: 1_200, enters: 1 };
const fourth = { sinceEnterMs: 4_000, enters: 3 };
const never = { sinceEnterMs: 60_000, enters: 1 };
test.each<[string, DeliveryLook, typeof first, string]>([
  ["the agent works", look({ status: "working", composer: "unknown" }), first, "submitted screen"],
  [
    "the agent asks for permission",
    look({ status: "waiting", dialog: true }),
    first,
    "submitted screen",
  ],
  ["an empty composer, our text above", sent, first, "submitted screen"],
  ["an empty composer alone", look(), first, "submitted composer"],
  ["an agent that ended", look({ status: "exited" }), first, "uncertain"],
  [
    "a draft that cannot be read, our text nowhere",
    look({ composer: "draft", composerText: undefined }),
    first,
    "submitted composer",
  ],
  ["our text still there", draft(text), first, "wait"],
  ["our text still there after a while", draft(text), second, "enter"],
  ["our text still there after three Enters", draft(text), fourth, "uncertain"],
  ["our text still there, but in copy mode", draft(text, { inMode: true }), second, "wait"],
  ["our text with a person's words behind", draft(`${text} and mine`), second, "wait"],
  ["a person's next draft", draft("now this"), first, "submitted composer"],
  [
    "a person's first letters, our text above",
    draft("pl", { screenText: `Welcome\n> ${text}\n❯ pl` }),
    first,
    "submitted screen",
  ],
  ["letters that may be the rest of ours", draft("pl"), second, "wait"],
  ["our text queued by a busy agent", draft(text, { status: "working" }), second, "wait"],
  ["a screen that no rule knows", look({ composer: "unknown", status: "unknown" }), second, "wait"],
  ["the same for long", look({ composer: "unknown", status: "unknown" }), never, "uncertain"],
  ["silence where no composer is seen", mute(), second, "wait"],
  ["long silence where no composer is seen", mute(), never, "uncertain"],
  ["our text where no composer is seen", mute({ screenText: text }), second, "submitted screen"],
])("after Enter, %s", (_claim, now, time, outcome) => {
  const step = afterEnter(typed, now, time);
  expect("receipt" in step ? `${step.kind} ${step.receipt}` : step.kind).toBe(outcome);
});

const mark = markOf(look(), text);
test.each<[string, DeliveryLook, number, string]>([
  ["an agent that ended", look({ status: "lost" }), 0, "uncertain"],
  ["our text in the composer", draft(text), 0, "enter"],
  ["a draft that cannot be read, our text on the screen", draft(), 0, "enter"],
  ["a person's draft", draft("something of mine"), 60_000, "uncertain"],
  ["a draft that is a part of our text", draft("look"), 60_000, "uncertain"],
  ["our text in the transcript", sent, 0, "submitted"],
  [
    "our text in the transcript, under a dialog",
    { ...sent, dialog: true, composer: "unknown" },
    0,
    "submitted",
  ],
  ["the screen as it was", look(), 100, "wait"],
  ["the screen as it was, for a while", look(), 2_500, "never-arrived"],
  ["the screen as it was, where no composer is seen", mute(), 60_000, "uncertain"],
  ["another screen without our text", look({ screenText: "Tip\n❯ " }), 2_500, "wait"],
  [
    "another screen without our text, for long",
    look({ screenText: "Tip\n❯ " }),
    60_000,
    "uncertain",
  ],
  ["work of its own", look({ status: "working" }), 60_000, "uncertain"],
  ["a dialog", look({ status: "waiting", dialog: true }), 60_000, "wait"],
])("after a crash, %s", (_claim, now, elapsedMs, kind) => {
  expect(afterCrash({ text, mark }, now, elapsedMs).kind).toBe(kind);
});

test("a text that stood on the screen before proves nothing until there is more of it", () => {
  const before = look({ screenText: `> ${text}\ndone\n❯ ` });
  const crashed = { text, mark: markOf(before, text) };
  expect(afterCrash(crashed, before, 2_500).kind).toBe("never-arrived");
  const twice = { ...before, screenText: `> ${text}\ndone\n> ${text}\n❯ ` };
  expect(afterCrash(crashed, twice, 0).kind).toBe("submitted");
});

test("a text is found wrapped, framed and coloured, a short one only on a line of its own", () => {
  const screenText = "│ > please look at the    │\n│   \u001B[1mfailing\u001B[0m test         │";
  expect(occurrences({ screenText }, text)).toBe(1);
  expect(occurrences({ screenText: "the token is ok here" }, "ok")).toBe(0);
  expect(occurrences({ screenText: "│ > ok   │" }, "ok")).toBe(1);
});

test("quota and a failed turn keep an agent able to take a message", () => {
  expect(blockedBy(look({ detail: "failed" }))).toBeUndefined();
  expect(blockedBy(look({ detail: "limited" }))).toBeUndefined();
});

const long = Array.from({ length: 40 }, (_, word) => `word${word}`).join(" ");
test.each([
  ["a few signs that the CLI put in are ours still", long.replace("word20", "⏎"), "enter"],
  ["other words in half of it are not", long.replaceAll(/word[12]\d/g, "mine"), "uncertain"],
])("a long text in the composer with %s", (_claim, shown, kind) => {
  const step = afterPaste({ text: long, before: look() }, draft(shown), late);
  expect(step.kind).toBe(kind);
});

test("a text that cannot be seen is never found on a screen", () => {
  expect(occurrences({ screenText: "❯ \u200B" }, "\u200B")).toBe(0);
});

test.each([
  ["please look", "please look", true],
  ["please  look\n", "please\nlook", true],
  ["and also please look at it", "please look at it", true],
  ["look now", "look", false],
  ["\u200B", "\u200B", false],
])("the prompt %j is the receipt of %j: %s", (prompt, text_, is) => {
  expect(isReceiptOf(prompt, text_)).toBe(is);
});
