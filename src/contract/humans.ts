import { z } from "zod";

/** A person beside the owner, who decides with a token of their own. */
export const humanRequest = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, "a name has small letters, digits, dots and dashes")
    .refine((name) => name !== "owner", "`owner` is who bears the token file"),
});

export interface HumanView {
  readonly name: string;
  readonly createdAt: number;
}

/** The token is told this once. */
export interface HumanWithToken extends HumanView {
  readonly token: string;
}
