/** What is asked of tasks over REST, and what comes back. */
import { z } from "zod";
import {
  dependsOn,
  errorClass,
  newEvidence,
  newTask,
  taskEdge,
  taskLock,
  taskProgress,
  taskState,
  taskType,
  taskView,
} from "./tasks.ts";

/** All of them or none, by one transaction; they may depend on each other by their `ref`, in any order. */
export const newTasks = z
  .array(newTask)
  .min(1, "no task is in it")
  .max(10_000)
  .check(({ value, issues }) => {
    const seen = new Set<string>();
    for (const [place, { ref }] of value.entries()) {
      if (ref === null) continue;
      const message = `another task has the ref ${ref}, too`;
      if (seen.has(ref)) issues.push({ code: "custom", message, input: ref, path: [place, "ref"] });
      seen.add(ref);
    }
  });
export const createRequest = z.strictObject({ tasks: newTasks });

export const createdTask = z.object({
  task: taskView,
  /** It was there: its key had been used for the same task. */
  existing: z.boolean(),
});
export type CreatedTask = z.infer<typeof createdTask>;

const name = z.string().min(1).max(200);
const list = z
  .string()
  .max(2_000)
  .transform((text) => text.split(",").filter(Boolean));

export const taskQuery = z.strictObject({
  /** Several with commas between them. */
  state: list.pipe(z.array(taskState)).optional(),
  queue: name.optional(),
  label: name.optional(),
  type: taskType.optional(),
  group: name.optional(),
  /** Of the terminal with this id or name. */
  terminal: name.optional(),
  /** Only those that were created before the task with this number: for paging. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const byState = z.record(taskState, z.number());

export const taskPage = z.object({
  /** Newest first. */
  tasks: z.array(taskView),
  /** What gives the next page as `before`; null on the last one. */
  next: z.number().nullable(),
});
export type TaskPage = z.infer<typeof taskPage>;

export const taskCounts = z.object({
  states: byState,
  /** The same for each queue, and in it for each group. */
  groups: z.array(
    z.object({
      queue: z.string(),
      group: z.string().nullable(),
      states: z.partialRecord(taskState, z.number()),
    }),
  ),
});
export type TaskCounts = z.infer<typeof taskCounts>;

/** A task as another conductor can create it: the rest is what became of it here. */
export const exportedTask = taskView.extend({ ref: z.string(), dependsOn: z.array(dependsOn) });
export const exportPage = taskPage.extend({ tasks: z.array(exportedTask) });
export type ExportPage = z.infer<typeof exportPage>;

export const claimRequest = z.strictObject({
  /** This one; without it the next. */
  task: name.optional(),
  queue: name.optional(),
  /** What the caller can do: only a task that needs nothing else. Of an agent the daemon knows it. */
  labels: z.array(name).max(50).optional(),
  capabilities: z.array(name).max(50).optional(),
  agent: name.optional(),
});
export type ClaimRequest = z.infer<typeof claimRequest>;

export const claimedTask = z.object({ task: taskView, fence: z.number() });
export type ClaimedTask = z.infer<typeof claimedTask>;

/** Shows that the caller still holds the task. An agent in a pane needs none: its terminal stands for it. */
const fence = z.number().int().min(0).optional();
const evidence = z.array(newEvidence).max(100).default([]);
const text = z.string().trim().min(1).max(10_000);

export const startRequest = z.strictObject({ fence });
export const heartbeatRequest = z.strictObject({ fence, progress: taskProgress.optional() });
export type HeartbeatRequest = z.input<typeof heartbeatRequest>;
export const evidenceRequest = z.strictObject({ fence, evidence: evidence.unwrap().min(1) });
export const completeRequest = z.strictObject({
  fence,
  result: z.record(z.string(), z.unknown()).nullable().default(null),
  evidence,
});
export type CompleteRequest = z.input<typeof completeRequest>;
export const failRequest = z.strictObject({
  fence,
  class: errorClass.default("retryable"),
  /** A short name that programs compare. */
  code: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, "small letters, digits and ._- only")
    .default("failed"),
  message: text,
  /** Not tried again before; with `rate_limited`: when the limit is over. */
  retryAt: z.number().int().min(0).optional(),
  evidence,
});
export type FailRequest = z.input<typeof failRequest>;
export const reasonRequest = z.strictObject({ fence, reason: text });
export type ReasonRequest = z.input<typeof reasonRequest>;
export const cancelRequest = z.strictObject({ reason: text.default("nobody said why") });
export const locksRequest = z.strictObject({ fence, locks: z.array(taskLock).min(1).max(100) });
export const linkRequest = z.strictObject({ dependsOn: z.array(dependsOn).min(1).max(1_000) });

export const taskDependencies = z.object({
  upstream: z.array(taskEdge),
  downstream: z.array(taskEdge),
});
export type TaskDependencies = z.infer<typeof taskDependencies>;
