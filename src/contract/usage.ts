import { z } from "zod";

const amounts = {
  /** Turns that a message began; what a person typed in the pane belongs to none. */
  turns: z.number(),
  calls: z.number(),
  /** Tokens; what was read from a cache is no part of `input`. */
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
  /** US dollars, as far as the agents' own files say; null where they never do. */
  cost: z.number().nullable(),
};
export const usageAmounts = z.object(amounts);
export type UsageAmounts = z.infer<typeof usageAmounts>;

/** What one terminal took of one model. */
export const usageRow = z.object({
  terminalId: z.string(),
  session: z.string(),
  name: z.string(),
  provider: z.string(),
  model: z.string(),
  ...amounts,
  firstAt: z.number(),
  lastAt: z.number(),
});
export type UsageRow = z.infer<typeof usageRow>;

export const usageView = z.object({ rows: z.array(usageRow), total: usageAmounts });
export type UsageView = z.infer<typeof usageView>;
