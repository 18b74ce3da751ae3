import { z } from "zod";

/** A person beside the owner, who decides with a token of their own. */
export const humanRequest = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, "a name has small letters, digits, dots and dashes")
    .refine((name) => name !== "owner", "`owner` is who bears the token file"),
});

export const humanView = z.object({ name: z.string(), createdAt: z.number() });
export type HumanView = z.infer<typeof humanView>;

/** The token is told this once. */
export const humanWithToken = humanView.extend({ token: z.string() });
export type HumanWithToken = z.infer<typeof humanWithToken>;
