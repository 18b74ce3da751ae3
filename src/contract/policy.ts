import { z } from "zod";
import { decisionEffect } from "./decisions.ts";

export const overrideEffect = z.enum([...decisionEffect.options, "off"]);
export type OverrideEffect = z.infer<typeof overrideEffect>;

/** Without a workspace it is the global file; with an agent's name that agent's file in the workspace. */
const place = {
  rule: z.string().min(1).max(100),
  workspace: z.string().startsWith("/").optional(),
  agent: z
    .string()
    .regex(/^[\w.-]+$/, "it is no agent's name")
    .optional(),
};

export const overrideRequest = z.strictObject({
  ...place,
  effect: overrideEffect,
  reason: z.string().trim().min(1, "say why").max(300),
});
export type OverrideRequest = z.infer<typeof overrideRequest>;

export const overrideRemoval = z.strictObject(place);
export type OverrideRemoval = z.infer<typeof overrideRemoval>;

export const overrideOutcome = z.object({
  rule: z.string(),
  file: z.string(),
  /** What the rule says by itself, and what it says from now on. */
  was: z.string(),
  effect: z.string(),
  reason: z.string().optional(),
  /** The file was made, from the shipped policy where it is the global one. */
  isNew: z.boolean(),
  /** A repository's file counts only while it is trusted as it is. */
  isTrusted: z.boolean(),
});
export type OverrideOutcome = z.infer<typeof overrideOutcome>;
