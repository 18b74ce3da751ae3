import { z } from "zod";

/** How to drive one agent CLI: its file as it is in force. Only what others may rely on is named. */
export const providerView = z.looseObject({
  name: z.string(),
  displayName: z.string(),
  /** Recorded screens prove its rules. */
  verified: z.boolean(),
  command: z.string(),
});

/** A role. */
export const profileView = z.looseObject({
  name: z.string(),
  description: z.string(),
  provider: z.string().optional(),
  labels: z.array(z.string()),
  /** The system prompt. */
  prompt: z.string(),
});
