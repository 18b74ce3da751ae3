import { type Command, InvalidArgumentError } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { AuditEntry, AuditReport, AuditTrail, ChainLink } from "../../contract/audit.ts";
import { decisionEffect } from "../../contract/decisions.ts";
import { agentOf, CSV_HEAD, csvRow, lineOf } from "../../core/audit/index.ts";
import { bare, command, duration, type JsonOption, oneOf } from "./command.ts";
import { type Context, Exit } from "./context.ts";
import { writer } from "./json-lines.ts";
import { present } from "./report.ts";

export function build(context: Context): Command {
  return bare("audit", "Who allowed what: prove it, export it; needs no daemon", [
    "audit verify",
    "audit export --format csv --since 1d > decisions.csv",
    "audit head",
  ])
    .addCommand(verifyCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(headCommand(context));
}

function verifyCommand(context: Context): Command {
  return command("verify", "Find what was changed, removed or added; exit 1 if anything was", [
    "audit verify",
    "audit verify --head 120:9f2c…",
  ])
    .option("--head <seq:hash>", "a head that you noted before (`conductor audit head`)", noted)
    .action(async (options: JsonOption & { readonly head?: ChainLink }) => {
      const trail = await context.host.openAudit(context.paths);
      const report = trail.verify(options.head);
      present(context, options.json, report, () => reportText(report));
      if (!report.ok) throw new Exit(1);
    });
}

function noted(text: string): ChainLink {
  const match = /^(\d{1,15}):([0-9a-f]{64}|)$/.exec(text);
  if (match === null) throw new InvalidArgumentError("write it as `conductor audit head` does.");
  const [, seq, hash = ""] = match;
  return { seq: Number(seq), hash };
}

function reportText({ ok, journal, mirror, head, findings }: AuditReport): string {
  const from = journal.after === 0 ? "" : `, the ones up to ${journal.after} pruned`;
  const lines = [
    ...findings.map(({ part, seq, says }) => `${part}: ${seq} ${says}`),
    `journal  ${journal.events} events up to ${journal.head.seq}${from}`,
    `mirror   ${mirror.entries} decisions and approvals up to ${mirror.head.seq}`,
    `head     ${head === null ? "none" : `${head.journal.seq} at ${new Date(head.time).toISOString()}`}`,
    ok ? "all is as it was written" : "this is not what was written",
  ];
  return lines.map(printableLine).join("\n");
}

interface ExportOptions {
  readonly format: "jsonl" | "csv";
  readonly since?: number;
  readonly agent?: string;
  readonly decision?: "allow" | "ask" | "deny";
}

function exportCommand(context: Context): Command {
  return bare("export", "Print decisions and approvals, oldest first, secrets taken out", [
    "audit export --since 1d",
    "audit export --format csv --agent dev --decision deny > denied.csv",
  ])
    .option("--format <format>", "jsonl or csv", oneOf(["jsonl", "csv"]), "jsonl")
    .option("--since <time>", "only of the last 30m, 2h or 1d", duration)
    .option("--agent <name>", "only of terminals that had this name or id")
    .option("--decision <effect>", "only allow, ask or deny", oneOf(decisionEffect.options))
    .action(async (options: ExportOptions) => {
      const trail = await context.host.openAudit(context.paths);
      const isWanted = filterOf(trail, options);
      const write = writer(context.stdout);
      if (options.format === "csv") await write(CSV_HEAD);
      const print = options.format === "csv" ? csvRow : lineOf;
      for (const entry of trail.entries()) {
        if (context.signal.aborted) return;
        if (isWanted(entry)) await write(print(entry));
      }
    });
}

function filterOf(trail: AuditTrail, options: ExportOptions): (entry: AuditEntry) => boolean {
  const { since, agent, decision } = options;
  const from = since === undefined ? 0 : Date.now() - since;
  const ids = agent === undefined ? undefined : new Set(trail.terminalsCalled(agent));
  if (ids?.size === 0) throw new ConductorError("not_found", `no terminal was called ${agent}`);
  return (entry) =>
    entry.time >= from &&
    (ids === undefined || ids.has(agentOf(entry) ?? "")) &&
    (decision === undefined || entry.data["effect"] === decision);
}

function headCommand(context: Context): Command {
  return command("head", "Print how far the journal went, to be noted where no agent can write", [
    "audit head",
    'git notes add -m "$(conductor audit head)"',
  ]).action(async (options: JsonOption) => {
    const trail = await context.host.openAudit(context.paths);
    const head = trail.head();
    if (head === undefined) {
      throw new ConductorError("not_found", "there is no head.json, or none that can be read", {
        hint: "conductor audit verify",
      });
    }
    const { seq, hash } = head.journal;
    present(context, options.json, head, () => `${seq}:${hash}`);
  });
}
