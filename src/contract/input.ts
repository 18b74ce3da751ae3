import { z } from "zod";

/** What may be pressed in a pane; a provider's file names them as well. */
export const key = z.enum([
  "Enter",
  "Escape",
  "Up",
  "Down",
  "Left",
  "Right",
  "Tab",
  "BTab",
  "Space",
  "BSpace",
  "C-c",
  "C-u",
  "C-d",
  "C-q",
  "y",
  "n",
  "0",
  "1",
  "2",
  "3",
  "4",
  "5",
  "6",
  "7",
  "8",
  "9",
]);
export type Key = z.infer<typeof key>;

/** First the text, as one paste; then the keys. Text alone presses nothing, not even Enter. */
export const inputRequest = z
  .strictObject({
    text: z.string().min(1).max(100_000).optional(),
    keys: z.array(key).min(1).max(100).optional(),
  })
  .refine(({ text, keys }) => text !== undefined || keys !== undefined, "name text, keys, or both");
export type InputRequest = z.infer<typeof inputRequest>;

/** How much went to the pane; what became of it is on the screen. */
export const inputOutcome = z.object({ characters: z.number(), keys: z.number() });

/** A stretch of what an agent wrote to its terminal, escape sequences included. Offsets count bytes. */
export const logSlice = z.object({
  offset: z.number(),
  text: z.string(),
  /** Where to go on. */
  next: z.number(),
  /** Of the file by now; a file that is smaller than `next` was begun anew. */
  size: z.number(),
});
export type LogSlice = z.infer<typeof logSlice>;
