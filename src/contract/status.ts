import { z } from "zod";

/** What a terminal is doing. `detail` only where the union gives it one. */
export const statusName = z.enum([
  "starting",
  "idle",
  "working",
  "waiting",
  "error",
  "exited",
  "lost",
  "unknown",
]);
export type StatusName = z.infer<typeof statusName>;

/** `failed`, `limited` belong to idle (and working, while it retries); the rest to waiting. */
export const statusDetail = z.enum(["", "failed", "limited", "permission", "question", "dialog"]);
export type StatusDetail = z.infer<typeof statusDetail>;

export const composer = z.enum(["empty", "draft", "unknown"]);
export type Composer = z.infer<typeof composer>;

/** Where a belief about a terminal comes from, strongest first; `gate` is our own, which holds a command of its. */
export const evidenceSource = z.enum([
  "gate",
  "hook",
  "transcript",
  "title",
  "screen",
  "process",
  "silence",
  "none",
]);
export type EvidenceSource = z.infer<typeof evidenceSource>;

/** One piece of evidence as `conductor why` prints it; `at` is epoch ms. */
export const evidence = z.object({
  source: evidenceSource,
  rule: z.string(),
  status: statusName,
  detail: statusDetail,
  at: z.number(),
  decided: z.boolean(),
  /** The notice of a limit, and when that is over, where it says so. */
  limit: z.object({ notice: z.string(), retryAt: z.number().nullable() }).optional(),
});
export type Evidence = z.infer<typeof evidence>;
