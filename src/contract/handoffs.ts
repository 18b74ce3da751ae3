import { z } from "zod";
import { terminalName } from "./terminals.ts";

/** `handoff`: its sender waits for the result. `assignment`: the result comes back as a message. */
export const handoffKind = z.enum(["handoff", "assignment"]);
export type HandoffKind = z.infer<typeof handoffKind>;

export const handoffState = z.enum([
  "requested",
  "starting",
  "submitted",
  "running",
  "question",
  "done",
  "failed",
  "cancelled",
  "timed-out",
]);
export type HandoffState = z.infer<typeof handoffState>;

/** The worker's answer; `report` is what it handed in by itself, before its turn ended. */
export const handoffResult = z.object({
  text: z.string(),
  source: z.enum(["hook", "transcript", "screen", "report"]),
});
export type HandoffResult = z.infer<typeof handoffResult>;

export const handoffError = z.object({
  code: z.string(),
  message: z.string(),
  /** What the worker's pane showed last, where that says more. */
  screen: z.string().nullable(),
});
export type HandoffError = z.infer<typeof handoffError>;

export const handoffView = z.object({
  id: z.string(),
  kind: handoffKind,
  state: handoffState,
  /** An actor: `human`, `agent:<terminal>`. */
  from: z.string(),
  fromName: z.string(),
  /** The role that was asked for; null where a running agent was named. */
  profile: z.string().nullable(),
  /** The worker, once there is one. */
  terminalId: z.string().nullable(),
  terminalName: z.string().nullable(),
  /** `given`: it was named. `warm`: it was idle from an earlier one. `fresh`: it was launched for this. */
  origin: z.enum(["given", "warm", "fresh"]).nullable(),
  message: z.string(),
  key: z.string().nullable(),
  /** The handoff that its sender was working on. */
  parent: z.string().nullable(),
  depth: z.number(),
  messageId: z.string().nullable(),
  /** What the worker waits for somebody to answer, as its pane shows it. */
  question: z.string().nullable(),
  result: handoffResult.nullable(),
  error: handoffError.nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
  settledAt: z.number().nullable(),
  /** When its worker was free again, or gone. */
  releasedAt: z.number().nullable(),
  /** How the sender got the outcome; null while it has not. */
  returned: z.enum(["call", "message", "nobody"]).nullable(),
});
export type HandoffView = z.infer<typeof handoffView>;

const DAY_MS = 24 * 3_600_000;

export const handoffRequest = z.strictObject({
  kind: handoffKind.default("handoff"),
  /** A running agent's name or id, or else a profile's name. */
  to: z.string().min(1).max(200).optional(),
  terminal: z.string().min(1).max(200).optional(),
  profile: z.string().min(1).max(200).optional(),
  message: z.string().min(1),
  provider: z.string().min(1).max(100).optional(),
  cwd: z.string().startsWith("/").max(4096).optional(),
  worktree: z.string().min(1).max(100).optional(),
  session: terminalName.optional(),
  name: terminalName.optional(),
  timeoutMs: z.number().int().min(1_000).max(DAY_MS).optional(),
  /** The same call again, with the same key, is the same handoff. */
  key: z.string().min(1).max(200).optional(),
  /** Launch a worker even where an idle one waits. */
  fresh: z.boolean().default(false),
  /** Leave the worker running afterwards. */
  keep: z.boolean().default(false),
  /** A person's environment for a worker that is launched; handed on and never stored. */
  env: z.record(z.string(), z.string()).optional(),
});
export type HandoffRequest = z.input<typeof handoffRequest>;
export type HandoffAsked = z.output<typeof handoffRequest>;
