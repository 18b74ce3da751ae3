import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { Evidence } from "../../contract/status.ts";
import type { TerminalView, WhyView } from "../../contract/terminals.ts";
import { command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { type Cell, type TableOptions, table } from "./table.ts";
import { statusText } from "./terminal-table.ts";

export function build(context: Context): Command {
  return command(
    "why",
    "Tell which evidence decided an agent's status, and what delivery waits for",
    ["why dev", "why dev --json"],
  )
    .argument("<name>", "a terminal's name or id")
    .action(async (ref: string, options: JsonOption) => {
      const client = await openClient(context);
      const view = await client.why(ref);
      const text = await whyText(view, tableLook(context.env, context.stdout));
      present(context, options.json, view, () => text);
    });
}

async function whyText(view: WhyView, look: Omit<TableOptions, "cut">): Promise<string> {
  const { terminal } = view;
  const now = Date.now();
  const because = terminal.reason === null ? "" : `, ${terminal.reason}`;
  const lines = [
    `${terminal.name} is ${statusText(terminal)} since ${age(terminal.statusAt, now)}${because}`,
    `composer: ${terminal.composer}`,
    ...(terminal.gate === null ? [] : [`gate:     ${terminal.gate}`]),
    `delivery: ${view.delivery ?? "nothing waits"}`,
    ...nextStep(terminal),
  ].map((line) => `${printableLine(line)}\n`);
  const rows = view.evidence.map((each) => evidenceRow(each, now));
  const head = ["", "SOURCE", "SAYS", "RULE", "AGE"];
  const evidence =
    rows.length === 0 ? "no evidence yet\n" : await table([head, ...rows], { ...look, cut: [[3]] });
  return `${lines.join("")}\n${evidence}`;
}

function evidenceRow(evidence: Evidence, now: number): Cell[] {
  return [
    evidence.decided ? { text: "*", sgr: "32;1" } : " ",
    evidence.source,
    printableLine(statusText(evidence)),
    printableLine(evidence.rule),
    age(evidence.at, now),
  ];
}

/** Where only a person can go on, how. */
function nextStep({ name, status, detail, pendingApprovals }: TerminalView): string[] {
  if (status === "waiting" && pendingApprovals > 0) return ["next:     conductor approvals"];
  if (status === "waiting" || status === "unknown") return [`next:     conductor attach ${name}`];
  if (status === "lost" || status === "exited" || (status === "error" && detail === "")) {
    return [`next:     conductor restart ${name}`];
  }
  return [];
}
