import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { AutoRequest, AutoView } from "../../contract/execution.ts";
import { bare, collect, command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";
import { shortIds } from "./task-text.ts";

export function build(context: Context): Command {
  return bare("auto", "Let the daemon take tasks by itself", [
    "auto on",
    "auto status",
    "auto off --release",
  ])
    .addCommand(onCommand(context))
    .addCommand(offCommand(context))
    .addCommand(statusCommand(context));
}

interface OnOptions extends JsonOption {
  readonly queue?: string[];
}

function onCommand(context: Context): Command {
  return command("on", "Take what policy allows, and ask where it says so; holds over restarts", [
    "auto on",
    "auto on --queue default --queue nightly",
  ])
    .option("-q, --queue <name>", "take tasks from this queue (again for more)", collect)
    .action((options: OnOptions) =>
      turn(context, options, { on: true, ...(options.queue && { queues: options.queue }) }),
    );
}

interface OffOptions extends JsonOption {
  readonly release?: boolean;
}

function offCommand(context: Context): Command {
  return command("off", "Take nothing more; what is under way is ended", [
    "auto off",
    "auto off --release",
  ])
    .option("--release", "give it back instead, and interrupt its agents")
    .action((options: OffOptions) =>
      turn(context, options, { on: false, release: options.release === true }),
    );
}

function statusCommand(context: Context): Command {
  return command("status", "Show whether it is on, what is done, and what is left", [
    "auto status",
  ]).action(async (options: JsonOption) => {
    const view = await (await openClient(context)).execution.auto();
    const text = await autoText(context, view);
    present(context, options.json, view, () => text);
  });
}

async function turn(context: Context, options: JsonOption, to: AutoRequest): Promise<void> {
  const view = await (await openClient(context)).execution.turnAuto(to);
  // What it takes now is not under way yet.
  const text = to.on ? headText(view) : await autoText(context, view);
  present(context, options.json, view, () => text);
}

function headText(view: AutoView): string {
  const since = view.since === null ? "" : `, since ${age(view.since, Date.now())}`;
  return view.on
    ? `on${since}: takes tasks from ${view.queues.join(", ")}\n`
    : `off${since}: takes nothing by itself\n`;
}

async function autoText(context: Context, view: AutoView): Promise<string> {
  const now = Date.now();
  const look = tableLook(context.env, context.stdout);
  const ids = shortIds([...view.running, ...view.left].map(({ task }) => task));
  const running = view.running.map((each) => [
    ids.get(each.task) ?? each.task,
    String(each.attempt),
    each.state,
    each.agent,
    each.terminal,
    age(each.since, now),
    printableLine(each.title),
  ]);
  const left = view.left.map((each) => [
    ids.get(each.task) ?? each.task,
    printableLine(each.title),
    printableLine(each.why),
  ]);
  const titles = ["TASK", "TRY", "STATE", "AGENT", "TERMINAL", "AGE", "TITLE"];
  return [
    headText(view),
    running.length === 0
      ? "nothing is under way\n"
      : await table([titles, ...running], { ...look, cut: [[6]], keep: [0] }),
    left.length === 0
      ? ""
      : `\n${await table([["LEFT", "TITLE", "WHY"], ...left], { ...look, cut: [[1, 2]], keep: [0] })}`,
    view.queued > left.length
      ? `${view.queued} wait in its queues in all: conductor task list --state queued\n`
      : "",
  ].join("");
}
