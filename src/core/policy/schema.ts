/** A policy file, as it is written. Strict: an unknown key is an error. */
import { z } from "zod";
import { gateLevel } from "../../contract/decisions.ts";
import { taskType } from "../../contract/tasks.ts";
import { DEEDS, type Deed } from "../guard/index.ts";

/** By what an agent acts: its shell, or a tool of its own that a hook tells of. */
export const TOOLS = ["shell", "read", "write", "fetch", "mcp", "other"] as const;
export type Tool = (typeof TOOLS)[number];

export const effect = z.enum(["allow", "ask", "deny"]);
export type Effect = z.infer<typeof effect>;

const isDeed = (value: string): value is Deed => Object.hasOwn(DEEDS, value);
const deed = z.string().refine(isDeed, {
  error: (issue) => `${String(issue.input)} is no deed; \`conductor policy deeds\` lists them`,
});
const words = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const paths = z.union([z.enum(["inside_workspace", "outside_workspace"]), words]);

const match = z.strictObject({
  /** Program, or program and subcommand, with wrappers and global options taken off. */
  command: words.optional(),
  /** Any of them; understands clusters, `--x=y` and unambiguous beginnings. */
  flags: z.array(z.string().regex(/^-/, "an option starts with a dash")).min(1).optional(),
  /** For git: any refspec of a push (`+*` is a forced one). An alternative to `flags`. */
  refspec: z.string().min(1).optional(),
  /** What the command does, as the guard sees it. */
  does: z.array(deed).min(1).optional(),
  /** Where it reads, writes or deletes. */
  paths: paths.optional(),
  /** Where its output goes. */
  redirects: z.union([z.enum(["none", "none_outside_workspace"]), z.array(z.string())]).optional(),
  /** `false`: only commands in which everything is known beforehand. */
  dynamic: z.boolean().optional(),
  labels: z
    .union([z.array(z.string()), z.strictObject({ not: z.array(z.string()).min(1) })])
    .optional(),
  tool: z.array(z.enum(TOOLS)).min(1).optional(),
  /** Why the text as a whole, or what a command of it runs, could not be judged. */
  analysis: z
    .array(z.enum(["parse_error", "limit", "dynamic_program", "pipe_to_shell_unknown"]))
    .min(1)
    .optional(),
});
export type Match = z.infer<typeof match>;

const rule = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "an id has small letters, digits and dashes"),
  match,
  unless: match.extend({ paths_under: words.optional() }).optional(),
  /** In CEL; see condition.ts. */
  when: z.string().min(1).max(500).optional(),
  effect,
  /** Shown to the human and to the model. */
  reason: z.string().min(1).max(300).optional(),
  /** What to do in its place, for the model. */
  instead: z.string().min(1).max(300).optional(),
  approvals: z
    .strictObject({
      quorum: z.int().min(1).max(10).default(1),
      ttl: z
        .string()
        .regex(/^\d+(s|m|h)$/, "a time is written 30s, 10m or 2h")
        .default("10m"),
      deny_threshold: z.int().min(1).max(10).default(1),
    })
    .optional(),
  examples: z
    .strictObject({
      match: z.array(z.string()).default([]),
      not_match: z.array(z.string()).default([]),
    })
    .optional(),
  /** Inner layers may relax this rule by a rule of the same id. */
  overridable: z.boolean().default(false),
});
export type Rule = z.infer<typeof rule>;

const override = z.strictObject({
  /** The id of a rule of an outer layer. */
  rule: z.string().min(1),
  /** `off`: as if the rule were not there. */
  effect: z.enum([...effect.options, "off"]),
  reason: z.string().min(1).max(300),
});
export type Override = z.infer<typeof override>;

/** What the daemon may give to an agent by itself. Different keys are AND, several values of one are OR. */
const taskRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "an id has small letters, digits and dashes"),
  match: z.strictObject({
    labels: words.optional(),
    type: z.union([taskType, z.array(taskType).min(1)]).optional(),
    queue: words.optional(),
    created_by: z.enum(["human", "agent"]).optional(),
    /** A registered agent's name. */
    agent: words.optional(),
  }),
  effect,
  /** Shown to the human. */
  reason: z.string().min(1).max(300).optional(),
});
export type TaskRule = z.infer<typeof taskRule>;

/** For what is asked about or refused: what to do in its place. It changes no verdict. */
const advice = z.strictObject({ match, instead: z.string().min(1).max(300) });
export type Advice = z.infer<typeof advice>;

export const policySchema = z.strictObject({
  version: z.literal(1),
  /** For commands that no rule of any layer matches. */
  default: effect.optional(),
  /** The least that agents are held by; the strictest of all that ask counts. */
  gate: gateLevel.optional(),
  vars: z.record(z.string(), z.array(z.string())).default({}),
  /** Global layer only: built-in rules that are switched off. */
  disabled_builtins: z.array(z.string()).default([]),
  /** What is said otherwise about rules of outer layers; `conductor policy override` writes it. */
  overrides: z.array(override).default([]),
  rules: z.array(rule).default([]),
  /** For tasks that the daemon would give to an agent by itself; what no rule matches is allowed. */
  tasks: z.array(taskRule).default([]),
  advice: z.array(advice).default([]),
});
export type PolicyFile = z.infer<typeof policySchema>;
