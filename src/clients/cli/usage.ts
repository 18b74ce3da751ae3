import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { UsageAmounts, UsageView } from "../../contract/usage.ts";
import { command, duration, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";

interface UsageOptions extends JsonOption {
  readonly session?: string;
  readonly since?: number;
}

export function build(context: Context): Command {
  return command("usage", "What agents' models took, by the session files of their own CLIs", [
    "usage",
    "usage dev --since 1d",
    "usage --session shop --json",
  ])
    .argument("[name]", "only this terminal's")
    .option("-s, --session <name>", "only of this session")
    .option("--since <time>", "only of the last 30m, 2h or 1d", duration)
    .action((name: string | undefined, options: UsageOptions) => run(context, name, options));
}

async function run(
  context: Context,
  terminal: string | undefined,
  { session, since, json }: UsageOptions,
): Promise<void> {
  const client = await openClient(context);
  const from = since === undefined ? undefined : Date.now() - since;
  const usage = await client.usage({ terminal, session, since: from });
  const drawn = await draw(context, usage);
  present(context, json, usage, () => (usage.rows.length === 0 ? "nothing is known\n" : drawn));
}

function draw(context: Context, { rows, total }: UsageView): Promise<string> {
  const head = ["NAME", "SESSION", "MODEL", "TURNS", "CALLS", "INPUT", "CACHED", "OUTPUT", "COST"];
  const lines = rows.map((row) => [
    ...[row.name, row.session, row.model].map(printableLine),
    ...amounts(row),
  ]);
  const sum = rows.length > 1 ? [["total", "", "", ...amounts(total)]] : [];
  const look = tableLook(context.env, context.stdout);
  return table([head, ...lines, ...sum], { ...look, cut: [[2], [0, 1]] });
}

/** What was written to a cache was new input too, and is charged as such. */
function amounts({
  turns,
  calls,
  input,
  output,
  cacheRead,
  cacheWrite,
  cost,
}: UsageAmounts): string[] {
  const counts = [turns, calls, input + cacheWrite, cacheRead, output].map((count) =>
    count.toLocaleString("en"),
  );
  return [...counts, cost === null ? "-" : `$${cost.toFixed(4)}`];
}
