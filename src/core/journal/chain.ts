import { hash } from "node:crypto";
import type { JournalEvent } from "../../contract/events.ts";
import { canonicalJson } from "./canonical.ts";

/** The link of one event in the journal's hash chain; the first event follows the empty string. */
export function chainHash(previous: string, event: JournalEvent): string {
  return hash("sha256", previous + canonicalJson(event));
}
