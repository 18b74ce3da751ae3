import type { Command } from "commander";
import { exact, printableLine } from "../../base/printable.ts";
import type { ApprovalView } from "../../contract/approvals.ts";
import type { DecisionView } from "../../contract/decisions.ts";
import { command, count, duration, type JsonOption, oneOf } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";

interface DecisionsOptions extends JsonOption {
  readonly agent?: string;
  readonly effect?: DecisionView["effect"];
  readonly since?: number;
  readonly limit: number;
}

const EFFECTS = ["allow", "ask", "deny"] as const;

export function build(context: Context): Command {
  const decisions = command(
    "decisions",
    "What the gate decided on agents' commands, newest first",
    [
      "decisions",
      "decisions --agent dev --effect deny",
      "decisions --since 2h --json",
      "decisions show dec_0199",
    ],
  )
    .option("--agent <name>", "only this terminal's")
    .option("--effect <effect>", "only allow, ask or deny", oneOf(EFFECTS))
    .option("--since <time>", "only of the last 30m, 2h or 1d", duration)
    .option("--limit <count>", "at most so many", count, 50)
    .action((options: DecisionsOptions) => list(context, options));
  return decisions.addCommand(showCommand(context));
}

async function list(context: Context, options: DecisionsOptions): Promise<void> {
  const client = await openClient(context);
  const now = Date.now();
  const decisions = await client.decisions({
    terminal: options.agent,
    effect: options.effect,
    since: options.since === undefined ? undefined : now - options.since,
    limit: options.limit,
  });
  const head = ["AGE", "ID", "EFFECT", "COMMAND", "WHY"];
  const rows = decisions.map(({ time, id, effect, command: run, reason }) =>
    [age(time, now), id, effect, run, reason].map(printableLine),
  );
  const look = tableLook(context.env, context.stdout);
  const drawn = await table([head, ...rows], { ...look, cut: [[4], [3], [1]] });
  present(context, options.json, decisions, () =>
    decisions.length === 0 ? "nothing was decided\n" : drawn,
  );
}

function showCommand(context: Context): Command {
  return command("show", "One decision in full: the command, the rules, the policies in force", [
    "decisions show dec_0199",
  ])
    .argument("<id>", "its id, or the beginning of it")
    .action(async (id: string, options: JsonOption) => {
      const client = await openClient(context);
      const decision = await client.decision(id);
      const { approvalId } = decision;
      const approval = approvalId === null ? undefined : await client.approval(approvalId);
      present(context, options.json, decision, () => text(decision, approval));
    });
}

function text(decision: DecisionView, approval: ApprovalView | undefined): string {
  const rules = decision.rules.map(
    ({ layer, id, effect, overridden, was }) =>
      `${layer}/${id} says ${effect}${was === undefined ? "" : ` (overridden; by itself ${was})`}${overridden ? ", and does not count" : ""}`,
  );
  const lines: readonly (readonly [string, string])[] = [
    ["id", decision.id],
    ["time", new Date(decision.time).toISOString()],
    ["agent", decision.terminalId ?? "none"],
    ["held by", decision.source],
    ["folder", decision.cwd],
    ["effect", decision.effect],
    ["reason", decision.reason === "" ? "nothing speaks against it" : decision.reason],
    ["rules", rules.length === 0 ? "none; the default decided" : rules.join("; ")],
    ["approval", approval === undefined ? "none" : approvalWords(approval)],
    ["exit code", exitWords(decision, approval)],
    [
      "policies",
      Object.entries(decision.policies)
        .map(([name, hash]) => `${name} ${hash.slice(0, 12)}`)
        .join(", "),
    ],
    ["took", `${decision.latencyMs} ms`],
  ];
  const head = lines.map(([name, value]) => `${name.padEnd(9)} ${printableLine(value)}`);
  return [...head, "", exact(decision.command)].join("\n");
}

function approvalWords({ number, state, decidedBy, decidedAt, reason }: ApprovalView): string {
  const when = decidedAt === null ? "" : ` at ${new Date(decidedAt).toISOString()}`;
  const by = decidedBy === null ? "" : `, decided by ${decidedBy}${when}`;
  return `#${number} is ${state}${by}${reason === null ? "" : `: ${reason}`}`;
}

function exitWords({ effect, exit, source }: DecisionView, approval?: ApprovalView): string {
  if (exit !== null) return exit.code === null ? "unknown: its terminal ended" : String(exit.code);
  if (effect === "deny") return "none: it did not run";
  if (effect === "ask" && approval !== undefined && approval.state !== "consumed")
    return approval.state === "pending" ? "none yet" : "none: it did not run";
  if (effect === "allow" && approval === undefined) return "not kept of what runs unasked";
  return source === "bash" || source === "zsh" ? "not told (yet)" : "not told by what asked";
}
