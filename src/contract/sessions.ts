import { z } from "zod";
import { terminalView } from "./terminals.ts";

/** A tmux session of ours, as its terminals tell. */
export const sessionView = z.object({
  name: z.string(),
  /** Terminals that run. */
  live: z.number(),
  /** Of the first terminal that is known of it. */
  createdAt: z.number(),
});
export type SessionView = z.infer<typeof sessionView>;

export const sessionDetail = sessionView.extend({ terminals: z.array(terminalView) });
