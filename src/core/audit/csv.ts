import type { AuditEntry } from "../../contract/audit.ts";

// biome-ignore format: one a line tells no more.
const COLUMNS = [
  "seq", "time", "type", "subject", "actor", "agent", "effect", "command", "cwd",
  "reason", "rules", "approval", "data", "link", "hash",
] as const;

export const CSV_HEAD = `${COLUMNS.join(",")}\r\n`;

/** RFC 4180, and nothing that a spreadsheet would take for a formula. */
export function csvRow(entry: AuditEntry): string {
  const { data } = entry;
  const cells: Record<(typeof COLUMNS)[number], string> = {
    seq: String(entry.seq),
    time: new Date(entry.time).toISOString(),
    type: entry.type,
    subject: entry.subject,
    actor: entry.actor,
    agent: agentOf(entry) ?? "",
    effect: text(data["effect"]),
    command: text(data["command"]),
    cwd: text(data["cwd"]),
    reason: text(data["reason"]),
    rules: rulesOf(data["rules"]),
    approval: entry.type.startsWith("approval.") ? entry.subject : text(data["approvalId"]),
    data: JSON.stringify(data),
    link: entry.link,
    hash: entry.hash,
  };
  return `${COLUMNS.map((column) => cell(cells[column])).join(",")}\r\n`;
}

/** The terminal that an entry is about. */
export function agentOf({ data }: AuditEntry): string | undefined {
  const agent = data["terminalId"] ?? data["terminal"];
  return typeof agent === "string" ? agent : undefined;
}

function rulesOf(rules: unknown): string {
  if (!Array.isArray(rules)) return "";
  return rules
    .map((rule: unknown) => {
      const isRule = typeof rule === "object" && rule !== null && "layer" in rule && "id" in rule;
      return isRule ? `${text(rule.layer)}/${text(rule.id)}` : "";
    })
    .join(" ");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
