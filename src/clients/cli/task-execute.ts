/** Tasks that the daemon does: now, and why one is where it is. */
import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { RouteRow, Routing } from "../../contract/agents.ts";
import type { AttemptView, TaskWhy } from "../../contract/execution.ts";
import { command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";
import { watchOne } from "./task-watch.ts";

export function executeCommand(context: Context): Command {
  return command("execute", "Have it done now, by the registered agent that fits best", [
    "task execute task_0199ab",
    "task execute task_0199ab --wait",
  ])
    .argument("<id>", "its id, or the start of it")
    .option("-w, --wait", "watch it until it is over; exit code 1 unless it is done")
    .action(async (ref: string, { json, wait }: JsonOption & { wait?: boolean }) => {
      const client = await openClient(context);
      const done = await client.execution.execute(ref);
      const { id } = done.task;
      if (wait === true) return watchOne(context, client, { ref: id, json });
      const text = `${id} is under way: ${printableLine(done.routing.why)}\n`;
      present(context, json, done, () => text);
    });
}

export function whyCommand(context: Context): Command {
  return command("why", "Tell why it is where it is, who would get it, and who had it", [
    "task why task_0199ab",
  ])
    .argument("<id>", "its id, or the start of it")
    .action(async (ref: string, { json }: JsonOption) => {
      const why = await (await openClient(context)).execution.why(ref);
      const text = await whyText(context, why);
      present(context, json, why, () => text);
    });
}

async function whyText(context: Context, why: TaskWhy): Promise<string> {
  const { task, says, next, routing, attempts } = why;
  const look = tableLook(context.env, context.stdout);
  const lines = [
    `${task.id} is ${task.state}: ${task.title}`,
    ...says.map((each) => `- ${each}`),
    ...(next === null ? [] : [`next: ${next}`]),
  ].map((line) => `${printableLine(line)}\n`);
  const rows = attempts.map((attempt) => attemptRow(attempt, Date.now()));
  const titles = ["TRY", "STATE", "AGENT", "TERMINAL", "AGE", "ENDED"];
  return [
    lines.join(""),
    routing === null || routing.table.length === 0 ? "" : `\n${await routeTable(routing, look)}`,
    rows.length === 0 ? "" : `\n${await table([titles, ...rows], { ...look, cut: [[5]] })}`,
  ].join("");
}

function routeTable({ picked, table: rows }: Routing, look: ReturnType<typeof tableLook>) {
  const shown = rows.map((row) => [
    row.id === picked ? "*" : " ",
    row.name,
    ...scoreCells(row),
    printableLine(
      row.refused.map(({ reason }) => reason).join(", ") || (row.asks ? "asks first" : ""),
    ),
  ]);
  const titles = ["", "AGENT", "SCORE", "LOAD", "FAILURES", "AFFINITY", "REFUSED"];
  return table([titles, ...shown], { ...look, cut: [[6]] });
}

function scoreCells({ score }: RouteRow): string[] {
  if (score === null) return ["-", "-", "-", "-"];
  const { total, load, failures, affinity } = score;
  return [total, load, failures, affinity].map(String);
}

function attemptRow(attempt: AttemptView, now: number): string[] {
  const { routing, agentId, origin, end, check, reason } = attempt;
  const agent = routing.table.find(({ id }) => id === agentId)?.name ?? agentId;
  const ended = reason ?? end?.failure?.message ?? (check === null ? "" : `check ${check.outcome}`);
  return [
    String(attempt.attempt),
    attempt.state,
    agent,
    `${origin} ${attempt.terminalId}`,
    age(attempt.createdAt, now),
    printableLine(ended),
  ];
}
