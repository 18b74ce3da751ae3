import { z } from "zod";
import { gateLevel, network } from "./decisions.ts";
import { notifyConfig } from "./notify.ts";

const level = z.enum(["debug", "info", "warn", "error"]);
const days = z.number().positive();

/** `~/.conductor/config.yaml`; strict, every key has a default. */
export const configSchema = z.strictObject({
  tmux: z
    .strictObject({
      socket: z
        .string()
        .regex(/^[\w-]{1,40}$/)
        .default("conductor"),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: z.enum(["127.0.0.1", "::1"]).default("127.0.0.1"),
      port: z.number().int().min(0).max(65_535).default(7373),
    })
    .prefault({}),
  session: z
    .strictObject({
      prefix: z
        .string()
        .regex(/^[\w-]{1,20}$/)
        .default("conductor"),
    })
    .prefault({}),
  size: z
    .strictObject({
      columns: z.number().int().min(40).max(500).default(160),
      rows: z.number().int().min(10).max(200).default(50),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: level.default("info"),
      /** Of one log file, of the daemon or of a terminal; a full one is moved aside. */
      maxBytes: z.number().int().positive().default(50_000_000),
      /** Full files that are kept beside the one in use. */
      files: z.number().int().min(0).max(100).default(2),
    })
    .prefault({}),
  retention: z
    .strictObject({
      logsDays: days.default(14),
      terminalsDays: days.default(30),
      messagesDays: days.default(90),
      tasksDays: days.default(90),
    })
    .prefault({}),
  approvals: z.strictObject({ ttlMinutes: z.number().positive().default(60) }).prefault({}),
  gate: z
    .strictObject({
      /** What stands before the commands of agents; a profile or a launch can only be stricter. */
      level: gateLevel.default("guard"),
      /** Of contained agents; a profile or a launch can only take it away. */
      network: network.default("on"),
      /** What contained agents may write besides their workspace: caches, other projects. */
      writable: z
        .array(z.string().regex(/^(~\/|\/)./, "an absolute path, or one that begins with ~/"))
        .default([]),
      /** How long a command waits for a human before its agent is told to ask again. */
      waitSeconds: z.number().positive().max(3_600).default(100),
    })
    .prefault({}),
  handoffs: z
    .strictObject({
      /** How long a worker may take where nobody says. */
      timeoutMinutes: z.number().positive().max(1_440).default(60),
      /** How often work may be handed on: from a worker to a worker of its own, and so on. */
      maxDepth: z.number().int().min(1).max(20).default(4),
      /** How many one agent may have open at once. */
      maxOpen: z.number().int().min(1).max(1_000).default(32),
      /** An outcome that nobody comes for goes into its sender's inbox after that. */
      returnSeconds: z.number().positive().max(3_600).default(20),
    })
    .prefault({}),
  tasks: z
    .strictObject({
      /** An agent that shows no progress for so long hangs, and loses its task. */
      stallMinutes: z.number().positive().max(1_440).default(10),
      /** After a start or a sleep no lease is taken to have run out for so long. */
      graceSeconds: z.number().min(0).max(3_600).default(60),
    })
    .prefault({}),
  notify: notifyConfig.prefault({}),
  messages: z.strictObject({ ttlHours: z.number().positive().default(24) }).prefault({}),
});
export type Config = z.infer<typeof configSchema>;
