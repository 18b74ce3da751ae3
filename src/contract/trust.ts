import { z } from "zod";

const pin = z.strictObject({
  hash: z.string(),
  text: z.string(),
  /** When, and by whom of this machine. */
  at: z.number().optional(),
  by: z.string().optional(),
});
/** What a human read and let count: it goes on counting, whatever becomes of the file. */
export type Pin = z.infer<typeof pin>;

/** `~/.conductor/trust.json`: policy files of repositories that a human has read, by path, as they were then. */
export const trustFile = z.record(z.string(), pin);
export type TrustFile = z.infer<typeof trustFile>;
