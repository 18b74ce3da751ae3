import { createHash } from "node:crypto";
import type { JournalEvent } from "../../contract/events.ts";
import { canonicalJson } from "./canonical.ts";

/** The link of one event in the journal's hash chain; the first event follows the empty string. */
export function chainHash(previous: string, event: JournalEvent): string {
  return createHash("sha256").update(previous).update(canonicalJson(event)).digest("hex");
}
