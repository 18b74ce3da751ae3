import { z } from "zod";
import { turn } from "./terminals.ts";

export const messageState = z.enum([
  "queued",
  "delivering",
  "delivered",
  "failed",
  "expired",
  "cancelled",
]);
export type MessageState = z.infer<typeof messageState>;

/** How it is known that the agent got the text; the emptied composer is the weakest. `process`: it was begun with it. */
export const receiptKind = z.enum(["hook", "transcript", "screen", "composer", "process"]);
export type ReceiptKind = z.infer<typeof receiptKind>;

/** One try to type a message. `typed` is set before the first byte goes to the pane. */
export const attempt = z.object({
  id: z.string(),
  fence: z.number(),
  startedAt: z.number(),
  typedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  outcome: z.enum(["delivered", "requeued", "failed"]).nullable(),
  note: z.string().nullable(),
});
export type Attempt = z.infer<typeof attempt>;

export const messageMode = z.enum(["when-idle", "interrupt"]);
export type MessageMode = z.infer<typeof messageMode>;

export const messageView = z.object({
  id: z.string(),
  seq: z.number(),
  from: z.string(),
  to: z.string(),
  toName: z.string(),
  body: z.string(),
  mode: messageMode,
  state: messageState,
  /** Why it is not delivered (yet), in words. */
  reason: z.string().nullable(),
  receipt: receiptKind.nullable(),
  createdAt: z.number(),
  settledAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  dedupeKey: z.string().nullable(),
  attempts: z.array(attempt),
  turn: turn.nullable(),
});
export type MessageView = z.infer<typeof messageView>;

/** 16 MB of text is the daemon's bound; 256 kB and up travels by a file the agent is told to read. */
export const MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024;
export const PASTE_LIMIT_BYTES = 256 * 1024;

export const sendRequest = z.strictObject({
  to: z.string().optional(),
  all: z.boolean().optional(),
  label: z.string().optional(),
  session: z.string().optional(),
  body: z.string().min(1),
  mode: messageMode.default("when-idle"),
  ttlMs: z.number().int().positive().optional(),
  dedupeKey: z.string().min(1).max(200).optional(),
});
export type SendRequest = z.input<typeof sendRequest>;
