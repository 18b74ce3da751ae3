import { z } from "zod";
import { word } from "./word.ts";

export const taskState = z.enum([
  "queued",
  "claimed",
  "running",
  "blocked",
  "waiting",
  "done",
  "failed",
  "cancelled",
  "dead",
]);
export type TaskState = z.infer<typeof taskState>;

export const taskType = z.enum(["code", "review", "test", "docs", "research", "chore", "custom"]);

/** What becomes of a task when one that it depends on does not get done. */
export const onFailed = z.enum(["skip", "fail", "run"]);
export type OnFailed = z.infer<typeof onFailed>;

/** `rate_limited` costs no attempt. */
export const errorClass = z.enum(["retryable", "permanent", "rate_limited"]);
export type ErrorClass = z.infer<typeof errorClass>;

/** Paths are relative to the task's project; `src/` is all that is in it. */
export const taskLock = z.strictObject({
  kind: z.enum(["path", "module"]).default("path"),
  glob: z.string().min(1).max(500),
  mode: z.enum(["shared", "exclusive"]).default("exclusive"),
});
export type TaskLock = z.infer<typeof taskLock>;

const absolutePath = z.string().regex(/^\//, "is no absolute path").max(4096);
const facts = z.record(z.string(), z.unknown());

/** What an attempt left behind; the bytes are a blob, named by their SHA-256. */
export const newEvidence = z.strictObject({
  kind: z.enum(["diff", "commits", "tests", "check", "transcript", "usage", "log", "note"]),
  summary: z.string().max(2_000),
  blob: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .default(null),
  bytes: z.number().int().min(0).nullable().default(null),
  data: facts.default({}),
});
export type NewEvidence = z.infer<typeof newEvidence>;
export const evidence = newEvidence.extend({ attempt: z.number(), at: z.number() });

export const taskError = z.object({
  class: errorClass,
  code: z.string(),
  message: z.string(),
  /** The task whose failure this is, where it is not its own. */
  upstream: z.string().nullable(),
});
export type TaskError = z.infer<typeof taskError>;

export const taskProgress = z.strictObject({
  /** From 0 to 1, where that can be told. */
  share: z.number().min(0).max(1).nullable().default(null),
  note: z.string().max(500).default(""),
});
export type TaskProgress = z.infer<typeof taskProgress>;

/** How an executor does the task. */
export const execution = z.strictObject({
  cwd: absolutePath.nullable().default(null),
  /** In a git worktree of its own. */
  worktree: z.boolean().default(false),
  /** In a terminal launched for it, even where an idle one waits. */
  fresh: z.boolean().default(false),
  /** `turn`: done when the agent's turn ends well. `agent`: when the agent says so itself. */
  doneBy: z.enum(["turn", "agent"]).default("turn"),
  /** A shell command that has to succeed before the task is done. */
  check: z.string().min(1).max(10_000).nullable().default(null),
  timeoutMs: z.number().int().min(1_000).max(86_400_000).nullable().default(null),
});

const words = z.array(word).max(50).default([]);

/** At most so many may run at a time of those with the same key. */
const group = z.strictObject({
  key: z.string().min(1).max(200),
  limit: z.number().int().min(1).max(10_000).default(1),
});

export const dependsOn = z.strictObject({
  /** An id, the unique beginning of one, or the `ref` of a task that is created by the same call. */
  task: z.string().min(1).max(200),
  onFailed: onFailed.default("skip"),
});
export type DependsOn = z.infer<typeof dependsOn>;

export const newTask = z.strictObject({
  title: z.string().trim().min(1).max(500),
  type: taskType.default("custom"),
  queue: word.default("default"),
  /** What the agent is told; without it, the title. */
  prompt: z.string().min(1).nullable().default(null),
  /** Who does it has all of these labels … */
  labels: words,
  /** … and these capabilities … */
  capabilities: words,
  /** … and is this agent, where one is named. */
  agent: z.string().min(1).max(200).nullable().default(null),
  /** Smaller first; ten minutes of waiting weigh as much as one step. */
  priority: z.number().int().min(-1_000).max(1_000).default(0),
  payload: facts.default({}),
  locks: z.array(taskLock).max(100).default([]),
  dependsOn: z.array(dependsOn).max(1_000).default([]),
  group: group.nullable().default(null),
  /** The folder that paths of locks are in. */
  project: absolutePath.nullable().default(null),
  execution: execution.prefault({}),
  maxAttempts: z.number().int().min(1).max(100).default(3),
  leaseMs: z.number().int().min(1_000).max(3_600_000).default(60_000),
  /** Not before this time. */
  runAt: z.number().int().min(0).nullable().default(null),
  /** The same task with the same key is created once. */
  key: z.string().min(1).max(200).nullable().default(null),
  /** A name for tasks of the same call to depend on; not stored. */
  ref: z.string().min(1).max(200).nullable().default(null),
});
export type NewTask = z.output<typeof newTask>;
export type TaskRequest = z.input<typeof newTask>;

export const taskView = newTask.omit({ dependsOn: true, ref: true }).extend({
  id: z.string(),
  state: taskState,
  runAt: z.number(),
  attempt: z.number(),
  /** Dependencies that are not settled yet. */
  openDependencies: z.number(),
  result: facts.nullable(),
  error: taskError.nullable(),
  evidence: z.array(evidence),
  progress: taskProgress.nullable(),
  /** Why it waits, was given back or was cancelled. */
  reason: z.string().nullable(),
  /** Grows with every claim: who shows an older one has lost the task. */
  fence: z.number(),
  /** Who holds it, an actor, and until when. */
  lease: z.object({ owner: z.string(), until: z.number() }).nullable(),
  terminalId: z.string().nullable(),
  agentId: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
});
export type TaskView = z.infer<typeof taskView>;

/** One edge of the graph, with the task at its other end. */
export const taskEdge = z.object({
  task: z.string(),
  title: z.string(),
  state: taskState,
  onFailed,
  /** It still holds the later one up. */
  isOpen: z.boolean(),
});
export type TaskEdge = z.infer<typeof taskEdge>;

/** A lock that a task holds, and who waits for it. */
export const lockView = taskLock.extend({
  task: z.string(),
  title: z.string(),
  owner: z.string(),
  project: z.string().nullable(),
  since: z.number(),
  waiting: z.array(taskLock.extend({ task: z.string(), title: z.string() })),
});
export type LockView = z.infer<typeof lockView>;
