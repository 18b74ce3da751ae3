export { agentOf, CSV_HEAD, csvRow } from "./csv.ts";
export { AUDITED, entryOf, isAudited, lineOf, readLine } from "./entry.ts";
export { type AuditJournal, holds } from "./source.ts";
export { verifyAudit } from "./verify.ts";
