import { expect, test } from "vitest";
import { configSchema } from "../../../src/contract/config.ts";
import type { JournalEvent } from "../../../src/contract/events.ts";
import type { NotifyRule } from "../../../src/contract/notify.ts";
import { compileRules } from "../../../src/core/notify/index.ts";

const event = (change: Partial<JournalEvent> = {}): JournalEvent => ({
  seq: 7,
  id: "e_1",
  time: Date.UTC(2026, 10, 21, 3),
  type: "task.failed",
  subject: "task_1",
  actor: "agent:t_1",
  data: { title: "deploy", attempt: 2, error: { code: "check.failed" } },
  ...change,
});
const rule = (on: NotifyRule["on"], when?: string): NotifyRule => ({
  name: "r",
  on,
  to: ["console"],
  ...(when === undefined ? {} : { when }),
});
const holds = (on: NotifyRule["on"], when?: string, change: Partial<JournalEvent> = {}) =>
  compileRules([rule(on, when)]).of(event(change)).length === 1;

test.each([
  ["task.failed", true],
  ["task.*", true],
  ["*", true],
  ["*.failed", true],
  ["task", false],
  ["ask.failed", false],
  ["taskxfailed", false],
  ["task.fail", false],
])("a rule on %s for task.failed: %s", (on, is) => {
  expect(holds(on)).toBe(is);
  expect(compileRules([rule(on)]).mayWant("task.failed")).toBe(is);
});

test("a rule may name several types", () => {
  expect(holds(["approval.requested", "task.failed"])).toBe(true);
  expect(holds(["approval.requested", "task.done"])).toBe(false);
});

test.each([
  ['data.title == "deploy" && data.attempt >= 2', true],
  ['data.error.code == "check.failed"', true],
  ['actor == "human"', false],
  ['subject.startsWith("task_") && time.getHours("UTC") < 6', true],
  ["has(data.terminal)", false],
  ["data.terminal == 't_1'", false],
  ['event.endsWith("failed")', true],
])("a condition speaks of the event: %s", (when, is) => {
  expect(holds("*", when)).toBe(is);
});

test("what tells of notifications is told to nobody", () => {
  expect(holds("*", undefined, { type: "notification.sent" })).toBe(false);
  expect(compileRules([rule("*")]).mayWant("notification.failed")).toBe(false);
});

test("a wrong condition names its rule", () => {
  expect(() => compileRules([rule("*", "evnt == 'x'")])).toThrow(
    /notify: the rule r: when: Unknown variable: evnt.*did you mean event/s,
  );
  expect(() => compileRules([rule("*", "data.title")])).toThrow("not true or false");
});

const settings = (notify: object) => configSchema.safeParse({ notify });

test("settings with rules are taken as they are written", () => {
  const rules = [
    { name: "news", on: "task.*", to: ["desktop", "webhook:team", "inbox:shop/lead"] },
  ];
  const webhooks = { team: { url: "https://example.com/hook" } };
  expect(settings({ rules, webhooks }).data?.notify).toEqual({ rules, webhooks, perMinute: 30 });
});

test.each([
  ["an unknown target", { rules: [{ name: "a", on: "*", to: ["pager"] }] }],
  ["a webhook that is not there", { rules: [{ name: "a", on: "*", to: ["webhook:team"] }] }],
  [
    "two rules of one name",
    {
      rules: [
        { name: "a", on: "*", to: ["tmux"] },
        { name: "a", on: "*", to: ["tmux"] },
      ],
    },
  ],
  ["an address of a file", { webhooks: { team: { url: "file:///etc/passwd" } } }],
  ["an unknown key", { rules: [{ name: "a", on: "*", to: ["tmux"], sound: true }] }],
])("settings with %s are refused", (_what, notify) => {
  expect(settings(notify).success).toBe(false);
});
