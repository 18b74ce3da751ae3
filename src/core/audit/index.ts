export { agentOf, CSV_HEAD, csvRow } from "./csv.ts";
export { AUDITED, entryOf, isAudited, lineOf, readLine } from "./entry.ts";
export { type AuditJournal, holds, type LinkedEvent } from "./source.ts";
export { type AuditSources, verifyAudit } from "./verify.ts";
