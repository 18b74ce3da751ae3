import { z } from "zod";

/** `human`: a person beside the owner, who decides with it. `read`: whoever only looks, such as a dashboard. */
export const tokenScope = z.enum(["human", "read"]);
export type TokenScope = z.infer<typeof tokenScope>;

export const tokenRequest = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, "a name has small letters, digits, dots and dashes")
    .refine((name) => name !== "owner", "`owner` is who bears the token file"),
  scope: tokenScope.default("human"),
});

export const tokenView = z.object({ name: z.string(), scope: tokenScope, createdAt: z.number() });
export type TokenView = z.infer<typeof tokenView>;

/** The token is told this once. */
export const tokenMade = tokenView.extend({ token: z.string() });
export type TokenMade = z.infer<typeof tokenMade>;
