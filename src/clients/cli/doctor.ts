import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import { command, type JsonOption } from "./command.ts";
import { type Context, Exit, tableLook } from "./context.ts";
import { checks } from "./doctor-checks.ts";
import type { Finding } from "./finding.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";

export function build(context: Context): Command {
  return command("doctor", "Find what is missing, old or wrong, with the command that mends it", [
    "doctor",
    "doctor --json",
  ]).action(async (options: JsonOption) => {
    const findings = await checks(context);
    const look = tableLook(context.env, context.stdout);
    const text = (await table(findings.map(row), { ...look, cut: [[2]] })) + mending(findings);
    present(context, options.json, findings, () => text);
    if (findings.some(({ state }) => state === "wrong")) throw new Exit(1);
  });
}

const SGR = { ok: "32", note: "33", wrong: "31;1" } as const;

function row({ state, what, told }: Finding): readonly (string | { text: string; sgr: string })[] {
  return [{ text: state, sgr: SGR[state] }, what, printableLine(told)];
}

function mending(findings: readonly Finding[]): string {
  const fixes = findings.flatMap(({ what, fix }) =>
    fix === null ? [] : [`  ${printableLine(what)}: ${printableLine(fix)}`],
  );
  return fixes.length === 0 ? "" : `\nto mend it:\n${fixes.join("\n")}\n`;
}
