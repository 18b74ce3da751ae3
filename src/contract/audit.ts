import { z } from "zod";
import { journalEvent } from "./events.ts";

/** An event's place in a hash chain. */
export const chainLink = z.object({ seq: z.number().int().min(0), hash: z.string() });
export type ChainLink = z.infer<typeof chainLink>;

/** One line of the audit file: an event of the journal, in a hash chain of the file's own. */
export const auditEntry = journalEvent.extend({
  v: z.literal(1),
  /** The event's hash in the journal. */
  link: z.string(),
  /** The hash of the line before; empty for the first. */
  prev: z.string(),
  /** SHA-256 of `prev` and of the line without its `hash`, in canonical JSON. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const auditPart = z.enum(["journal", "mirror", "head"]);

/** Something that is not as it was written, and the first event it concerns. */
export const auditFinding = z.object({
  part: auditPart,
  seq: z.number(),
  says: z.string(),
});
export type AuditFinding = z.infer<typeof auditFinding>;

/** How far journal and mirror went: kept outside both, since a chain cannot tell that its end is gone. */
export const auditHead = z.object({
  v: z.literal(1),
  time: z.number(),
  journal: chainLink,
  mirror: chainLink.extend({ bytes: z.number().int().min(0) }),
  /** What a daemon found changed behind its back; stays until a person moves the folder aside. */
  breaks: z.array(auditFinding.extend({ time: z.number() })),
});
export type AuditHead = z.infer<typeof auditHead>;

export interface AuditReport {
  readonly ok: boolean;
  /** Events between the last pruned one and the newest. */
  readonly journal: { readonly events: number; readonly after: number; readonly head: ChainLink };
  readonly mirror: { readonly entries: number; readonly head: ChainLink };
  readonly head: AuditHead | null;
  readonly findings: readonly AuditFinding[];
}

/** What can be read of it without a daemon. */
export interface AuditTrail {
  head(): AuditHead | undefined;
  verify(noted: ChainLink | undefined): AuditReport;
  /** The file's entries, then those of the journal that no daemon has written there yet. */
  entries(): Iterable<AuditEntry>;
  /** The ids of all terminals that were ever called so. */
  terminalsCalled(name: string): readonly string[];
}
