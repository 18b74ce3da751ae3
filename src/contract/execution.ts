/** How the executor does tasks: attempts, why a task is where it is, and whether the daemon takes tasks by itself. */
import { z } from "zod";
import { routing } from "./agents.ts";
import { errorClass, taskEdge, taskView } from "./tasks.ts";
import { usageAmounts } from "./usage.ts";
import { word } from "./word.ts";

export const attemptState = z.enum([
  "routed",
  "opened",
  "prompted",
  "ended",
  "checked",
  "settled",
  "lost",
]);
export type AttemptState = z.infer<typeof attemptState>;

/** What went wrong in an attempt; `retryAt` where a limit says when it is over. */
export const attemptFailure = z.object({
  class: errorClass,
  code: z.string(),
  message: z.string(),
  retryAt: z.number().nullable(),
});
export type AttemptFailure = z.infer<typeof attemptFailure>;

/** How the agent's part of an attempt ended. */
export const attemptEnd = z.object({
  failure: attemptFailure.nullable(),
  /** Its last answer. */
  text: z.string().nullable(),
  /** What it handed in by itself. */
  result: z.record(z.string(), z.unknown()).nullable(),
  turnId: z.string().nullable(),
  usage: usageAmounts.nullable(),
  at: z.number(),
});
export type AttemptEnd = z.infer<typeof attemptEnd>;

/** What the agent handed in by itself, before its turn was over. */
export const attemptReport = z.object({
  failure: attemptFailure.nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
});
export type AttemptReport = z.infer<typeof attemptReport>;

export const checkRun = z.object({
  command: z.string(),
  outcome: z.enum(["passed", "failed", "timeout", "refused"]),
  /** Null where a signal ended it. */
  exitCode: z.number().nullable(),
  ms: z.number(),
  /** The end of what it printed, without secrets. */
  tail: z.string(),
  /** All of it, as far as it was kept: the blob's SHA-256. */
  blob: z.string().nullable(),
  bytes: z.number(),
});
export type CheckRun = z.infer<typeof checkRun>;

/** One try of the executor at a task. */
export const attemptView = z.object({
  taskId: z.string(),
  attempt: z.number(),
  fence: z.number(),
  state: attemptState,
  agentId: z.string(),
  terminalId: z.string(),
  /** `warm`: an agent of an earlier task went on. `resumed`: that of the attempt before. */
  origin: z.enum(["fresh", "warm", "resumed"]),
  routing,
  /** Where it works; null until its terminal is up. */
  folder: z.string().nullable(),
  worktree: z.string().nullable(),
  /** The commit that stood there at the start. */
  base: z.string().nullable(),
  report: attemptReport.nullable(),
  end: attemptEnd.nullable(),
  check: checkRun.nullable(),
  /** Why it was lost. */
  reason: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  releasedAt: z.number().nullable(),
});
export type AttemptView = z.infer<typeof attemptView>;

export const autoSetting = z.object({
  on: z.boolean().default(false),
  /** What it takes tasks from. */
  queues: z.array(z.string()).default(["default"]),
  since: z.number().nullable().default(null),
});
export type AutoSetting = z.infer<typeof autoSetting>;

export const autoRequest = z.strictObject({
  on: z.boolean(),
  queues: z.array(word).min(1).max(50).optional(),
  /** Gives back what agents work on; their turns are interrupted. Else they end it. */
  release: z.boolean().default(false),
});
export type AutoRequest = z.input<typeof autoRequest>;

export const autoView = autoSetting.extend({
  /** Attempts under way; not those that are over, and only wait for their terminal to be let go. */
  running: z.array(
    z.object({
      task: z.string(),
      title: z.string(),
      attempt: z.number(),
      state: attemptState,
      agent: z.string(),
      terminal: z.string(),
      since: z.number(),
    }),
  ),
  /** What it leaves in the queue, and why. */
  left: z.array(z.object({ task: z.string(), title: z.string(), why: z.string() })),
  /** How many wait in its queues, of which `left` are the newest. */
  queued: z.number(),
});
export type AutoView = z.infer<typeof autoView>;

export const executed = z.object({ task: taskView, routing });
export type Executed = z.infer<typeof executed>;

/** Why a task is where it is. */
export const taskWhy = z.object({
  task: taskView,
  /** In sentences. */
  says: z.array(z.string()),
  /** What a person can do. */
  next: z.string().nullable(),
  /** Who would get it now; of one that is under way or over: who got it last. */
  routing: routing.nullable(),
  upstream: z.array(taskEdge),
  approval: z.object({ id: z.string(), number: z.number(), state: z.string() }).nullable(),
  /** Newest first. */
  attempts: z.array(attemptView),
});
export type TaskWhy = z.infer<typeof taskWhy>;
