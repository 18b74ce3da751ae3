import { z } from "zod";

export const approvalState = z.enum([
  "pending",
  "approved",
  "consumed",
  "denied",
  "expired",
  "abandoned",
  "cancelled",
]);
export type ApprovalState = z.infer<typeof approvalState>;

/** A stretch of a text, in UTF-16 units; `end` is the first one behind it. */
export const span = z.object({ start: z.int().min(0), end: z.int().min(0) });
export type Span = z.infer<typeof span>;

/** One thing that a command would do, and what is there at the time of asking. */
export const actionTarget = z.object({
  /** `deletes /w/src`, `pushes commits to origin` */
  says: z.string(),
  /** Absolute, links resolved. */
  path: z.string().optional(),
  place: z.enum(["workspace", "outside"]).optional(),
  is: z.enum(["file", "folder", "link", "nothing"]).optional(),
  /** Of a folder: how many are below it. */
  files: z.number().optional(),
  /** They were not all counted. */
  isMore: z.boolean().optional(),
});
export type ActionTarget = z.infer<typeof actionTarget>;

/** The exact thing a human is asked about. The hash of this object binds the verdict. */
export const approvalAction = z.object({
  kind: z.enum(["command", "tool", "dialog", "task"]),
  /** The exact command or call, shown whole. */
  text: z.string().min(1).max(100_000),
  cwd: z.string().nullable(),
  /** Why it is asked: the rule, or the agent's own words. */
  why: z.string().max(4_000).nullable(),
  /** Files of the workspace that a command names, as they were: a yes is to this content. */
  files: z.array(z.object({ path: z.string(), sha256: z.string() })).optional(),
  /** The rules that ask, as `layer/id`. */
  rules: z.array(z.string()).optional(),
  /** A safer way that the rule knows. */
  instead: z.string().optional(),
  /** From here on: for the eye, and no part of the hash. What of the text makes it so, in order. */
  marks: z.array(span).optional(),
  /** What it would touch. */
  targets: z.array(actionTarget).optional(),
  /** Why a yes to it can be for this once only; absent where it may be for longer. */
  onceOnly: z.string().optional(),
});
export type ApprovalAction = z.infer<typeof approvalAction>;

export const approvalView = z.object({
  id: z.string(),
  /** Small number for people, unique among all approvals. */
  number: z.number(),
  terminalId: z.string().nullable(),
  terminalName: z.string().nullable(),
  origin: z.enum(["screen", "api"]),
  action: approvalAction,
  hash: z.string(),
  state: approvalState,
  decidedBy: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
  decidedAt: z.number().nullable(),
  /** Where more than one person must agree: how many, and who has said what so far. */
  vote: z
    .object({
      quorum: z.number(),
      denyThreshold: z.number(),
      yes: z.array(z.string()),
      no: z.array(z.string()),
    })
    .optional(),
});
export type ApprovalView = z.infer<typeof approvalView>;

export const approvalRequest = z.strictObject({
  terminal: z.string().optional(),
  /** What the gate finds out is not for others to claim. */
  action: approvalAction.omit({
    files: true,
    rules: true,
    instead: true,
    marks: true,
    targets: true,
    onceOnly: true,
  }),
  ttlMs: z
    .number()
    .int()
    .positive()
    .max(7 * 24 * 3_600_000)
    .optional(),
});
export type ApprovalRequest = z.infer<typeof approvalRequest>;

export const verdict = z.strictObject({
  verdict: z.enum(["approve", "deny"]),
  reason: z.string().max(2_000).optional(),
  /** The hash that was shown; a different one means that the question changed under the reader. */
  hash: z.string().optional(),
  /** With a yes: the same command is allowed for so long, without asking again. */
  grantMs: z
    .number()
    .int()
    .positive()
    .max(90 * 24 * 3_600_000)
    .optional(),
});
export type Verdict = z.infer<typeof verdict>;
