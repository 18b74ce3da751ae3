import { z } from "zod";

/** One journal row: `entity.verb` in the past tense; `data` is small and holds no secrets. */
export const journalEvent = z.object({
  seq: z.number(),
  id: z.string(),
  time: z.number(),
  type: z.string(),
  /** The id of what it is about. */
  subject: z.string(),
  /** `human`, `agent:<terminal>`, `daemon`. */
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type JournalEvent = z.infer<typeof journalEvent>;
export type NewEvent = Omit<JournalEvent, "seq" | "id" | "time">;

export const daemonView = z.object({
  version: z.string(),
  pid: z.number(),
  startedAt: z.number(),
  home: z.string(),
  socket: z.string(),
  http: z.object({ host: z.string(), port: z.number() }),
  tmux: z.object({ socket: z.string(), version: z.string(), channel: z.enum(["pty", "pipes"]) }),
  terminals: z.number(),
});
export type DaemonView = z.infer<typeof daemonView>;

const answering = z.enum(["ok", "failing"]);

export const healthView = z.object({
  status: z.string(),
  version: z.string(),
  /** `unused`: no agent runs, so that no tmux is needed. */
  parts: z.object({
    store: answering,
    journal: answering,
    tmux: z.enum(["ok", "failing", "unused"]),
  }),
});
export type HealthView = z.infer<typeof healthView>;

export const PROBLEM_TYPE = "application/problem+json";

/** RFC 9457; `code` is the one that the CLI prints, `hint` the next thing to do. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  hint: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type Problem = z.infer<typeof problem>;
