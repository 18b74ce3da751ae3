import { createHash } from "node:crypto";
import { type AuditEntry, auditEntry } from "../../contract/audit.ts";
import type { JournalEvent } from "../../contract/events.ts";
import { canonicalJson } from "../journal/index.ts";

/** The beginnings of the event types that are mirrored. A further one asks for another `v`: older files lack it. */
export const AUDITED = ["decision", "approval", "grant", "policy", "token"] as const;

export function isAudited(type: string): boolean {
  const entity = type.split(".", 1)[0];
  return AUDITED.some((known) => known === entity);
}

export function entryOf(event: JournalEvent, link: string, prev: string): AuditEntry {
  const entry = { v: 1, ...event, link, prev } as const;
  return { ...entry, hash: entryHash(entry) };
}

export function lineOf(entry: AuditEntry): string {
  return `${canonicalJson(entry)}\n`;
}

/** Undefined unless it is, to the byte, a line as `lineOf` writes it. */
export function readLine(line: string): AuditEntry | undefined {
  const parsed = auditEntry.safeParse(jsonOf(line));
  return parsed.success && canonicalJson(parsed.data) === line ? parsed.data : undefined;
}

export function isGenuine({ hash, ...entry }: AuditEntry): boolean {
  return hash === entryHash(entry);
}

function entryHash(entry: Omit<AuditEntry, "hash">): string {
  return createHash("sha256").update(entry.prev).update(canonicalJson(entry)).digest("hex");
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
