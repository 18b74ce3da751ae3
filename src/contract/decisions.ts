import { z } from "zod";

/** Where a command was held: the shell that would run it, a program in front of the real one, an agent's own hook. */
export const decisionSource = z.enum(["bash", "zsh", "shim", "hook", "api"]);
export type DecisionSource = z.infer<typeof decisionSource>;

/** `observe` records only; `guard` holds commands; `contain` shuts the agent in as well. */
export const gateLevel = z.enum(["observe", "guard", "contain"]);
export type GateLevel = z.infer<typeof gateLevel>;

/** Of what profile, settings, policies and the launch itself ask for; undefined where none asks for any. */
export function strictestLevel(asked: readonly (GateLevel | undefined)[]): GateLevel | undefined {
  return gateLevel.options.findLast((level) => asked.includes(level));
}

/** Whether a contained agent has one; the way to us is there without. */
export const network = z.enum(["on", "off"]);
export type Network = z.infer<typeof network>;

export const decisionEffect = z.enum(["allow", "ask", "deny"]);

/** One decision on one text, as the journal keeps it. Secrets are taken out before anything is stored or hashed. */
export const decisionView = z.object({
  id: z.string(),
  time: z.number(),
  terminalId: z.string().nullable(),
  source: decisionSource,
  command: z.string(),
  /** SHA-256 of the text as it was, in hex; of a short one `hmac:` and its HMAC, since it could be guessed. */
  commandHash: z.string(),
  cwd: z.string(),
  effect: decisionEffect,
  rules: z.array(
    z.object({
      layer: z.string(),
      id: z.string(),
      effect: z.string(),
      /** It did not count. */
      overridden: z.boolean(),
      /** What it said before a policy overrode it. */
      was: z.string().optional(),
    }),
  ),
  flags: z.array(z.string()),
  /** Some command of it was known to no rule. */
  defaultUsed: z.boolean(),
  reason: z.string(),
  /** SHA-256 of each policy file that counted, by layer. */
  policies: z.record(z.string(), z.string()),
  latencyMs: z.number(),
  approvalId: z.string().nullable(),
  /** How its command ended, as its shell told; `code` is null where it will not be known. */
  exit: z.object({ code: z.number().nullable(), time: z.number() }).nullable().default(null),
});
export type DecisionView = z.infer<typeof decisionView>;
