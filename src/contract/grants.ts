import { z } from "zod";

/** A yes that holds on for one exact command, in one folder, of one agent, until a day. */
export const grantView = z.object({
  id: z.string(),
  agent: z.string(),
  workspace: z.string(),
  cwd: z.string(),
  command: z.string(),
  decidedBy: z.string(),
  approvalId: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
  revokedAt: z.number().nullable(),
});
/** How long "always" holds where nobody says: a week. */
export const GRANT_MS = 7 * 24 * 3_600_000;

export type GrantView = z.infer<typeof grantView>;
