import { z } from "zod";

/** What one terminal took of one model. Tokens read from a cache are no part of `input`. */
export const usageView = z.object({
  terminalId: z.string(),
  session: z.string(),
  name: z.string(),
  provider: z.string(),
  model: z.string(),
  turns: z.number(),
  calls: z.number(),
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
  /** US dollars, as far as the agent's own file says; null where it never does. */
  cost: z.number().nullable(),
  firstAt: z.number(),
  lastAt: z.number(),
});
export type UsageView = z.infer<typeof usageView>;
