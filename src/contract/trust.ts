import { z } from "zod";

/** `~/.conductor/trust.json`: policy files of repositories that a human has read, by path and SHA-256. */
export const trustFile = z.record(z.string(), z.string());
export type TrustFile = z.infer<typeof trustFile>;
