/** Notifications: which events somebody is told of, and by what. */
import { z } from "zod";
import { word } from "./word.ts";

/** `console`: who runs `conductor notify watch`. `tmux`: who is attached. `inbox:NAME`: an agent in its terminal. */
const TARGET = /^(console|desktop|tmux|inbox:[\w/-]{1,81}|webhook:[\w-]{1,40})$/;
export const notifyTarget = z
  .string()
  .regex(TARGET, "console, desktop, tmux, inbox:TERMINAL or webhook:NAME");

/** A type of event, or several: `task.failed`, `task.*`, `*`. */
const eventGlob = z.string().regex(/^[a-z*][a-z.*_-]{0,79}$/, "an event's type, or with * in it");

const notifyRule = z.strictObject({
  name: word,
  on: z.union([eventGlob, z.array(eventGlob).min(1).max(50)]),
  /** In CEL, over `event` (its type), `subject`, `actor`, `time` and `data`. */
  when: z.string().min(1).max(2_000).optional(),
  to: z.array(notifyTarget).min(1).max(20),
});
export type NotifyRule = z.output<typeof notifyRule>;

const webhook = z.strictObject({
  url: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s/]+/, "an address with http: or https:"),
});

export const notifyConfig = z
  .strictObject({
    rules: z.array(notifyRule).max(100).default([]),
    webhooks: z.record(z.string().regex(/^[\w-]{1,40}$/), webhook).default({}),
    /** One target is told no more than that; the rest is dropped, and kept in the list. */
    perMinute: z.number().int().min(1).max(10_000).default(30),
  })
  .superRefine(({ rules, webhooks }, context) => {
    const names = rules.map(({ name }) => name);
    for (const [at, { name, to }] of rules.entries()) {
      const path = ["rules", at];
      if (names.indexOf(name) !== at)
        context.addIssue({ code: "custom", path, message: `two rules are called ${name}` });
      for (const target of to) {
        const hook = /^webhook:(.+)$/.exec(target)?.[1];
        if (hook !== undefined && !Object.hasOwn(webhooks, hook))
          context.addIssue({ code: "custom", path, message: `webhooks has no ${hook}` });
      }
    }
  });

export const notificationState = z.enum(["queued", "sent", "failed", "dropped"]);

/** One thing that one target is told. */
export const notificationView = z.object({
  id: z.string(),
  rule: z.string(),
  target: z.string(),
  title: z.string(),
  body: z.string(),
  /** The `seq` of what it tells of. */
  event: z.number(),
  type: z.string(),
  state: notificationState,
  attempts: z.number(),
  /** Of the next attempt, while it is queued. */
  dueAt: z.number(),
  /** Why the last attempt failed, or it was dropped. */
  error: z.string().nullable(),
  createdAt: z.number(),
  settledAt: z.number().nullable(),
});
export type NotificationView = z.infer<typeof notificationView>;

const counts = z.record(notificationState, z.number());
export type NotificationCounts = z.infer<typeof counts>;

export const notifyRuleView = z.object({
  name: z.string(),
  on: z.array(z.string()),
  when: z.string().nullable(),
  to: z.array(z.string()),
  counts,
});
export type NotifyRuleView = z.infer<typeof notifyRuleView>;

/** Without any target: all that rules name. */
export const notifyTest = z.strictObject({ to: z.array(notifyTarget).max(20).default([]) });
export type NotifyTest = z.input<typeof notifyTest>;
export const notifyTested = z.object({
  target: z.string(),
  /** Null where it was told. */
  error: z.string().nullable(),
});
export type NotifyTested = z.infer<typeof notifyTested>;
