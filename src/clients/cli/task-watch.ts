/** Tasks as they go: drawn in place on a terminal, one line for each event elsewhere. */
import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { JournalEvent } from "../../contract/events.ts";
import type { TaskCounts } from "../../contract/task-calls.ts";
import type { TaskView } from "../../contract/tasks.ts";
import type { Client } from "../link/client.ts";
import { isReset } from "../link/events.ts";
import { follow, persistently } from "../link/follow.ts";
import { command, type JsonOption } from "./command.ts";
import { type Context, Exit, tableLook } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { bar, overIn, shareBar, totalOf } from "./task-bars.ts";
import { namesOf, taskTable } from "./task-list.ts";
import { countsLine, detailText, isOver, noteOf } from "./task-text.ts";
import { watch } from "./watch.ts";
import { whileRead } from "./while-read.ts";

export function watchCommand(context: Context): Command {
  return command("watch", "Watch tasks go on, or one until it is over", [
    "task watch",
    "task watch task_0199ab",
    "task watch --json",
  ])
    .argument("[id]", "its id, or the start of it: ends with it, with 1 unless it is done")
    .action(async (ref: string | undefined, { json }: JsonOption) => {
      const client = await openClient(context);
      if (ref !== undefined) return watchOne(context, client, { ref, json });
      if (context.stdout.isTTY === true && json !== true)
        return watch(context, { client, json, draw: () => overview(context, client) });
      for await (const event of follow(client, { signal: whileRead(context) }))
        if (!isReset(event) && event.type.startsWith("task."))
          present(context, json, event, () => lineOf(event));
    });
}

const AT_WORK = ["claimed", "running", "waiting"];
const MOST_GROUPS = 12;
const BAR = 30;

async function overview(
  context: Context,
  client: Client,
): Promise<{ data: unknown; text: string }> {
  const [counts, working, newest] = await Promise.all([
    client.tasks.counts(),
    client.tasks.list({ state: AT_WORK, limit: 20 }),
    client.tasks.list({ limit: 10 }),
  ]);
  const others = newest.tasks.filter(({ id }) => !working.tasks.some((each) => each.id === id));
  const shown = [...working.tasks, ...others];
  const nameOf = await namesOf(client, shown);
  const { color } = tableLook(context.env, context.stdout);
  const parts = [
    barLines(counts, color),
    progressLines(working.tasks),
    shown.length === 0 ? "" : await taskTable(context, shown, nameOf),
  ];
  const text = parts.filter((part) => part !== "").join("\n");
  return { data: { counts, tasks: shown }, text };
}

/** All together, then each group where there are several. */
export function barLines({ states, groups }: TaskCounts, color: boolean): string {
  const all = { name: "tasks", states };
  const named = groups.map(({ queue, group, states: own }) => ({
    name: printableLine(group === null ? queue : `${queue}/${group}`),
    states: own,
  }));
  const busiest = named
    .toSorted((one, other) => openIn(other.states) - openIn(one.states))
    .slice(0, MOST_GROUPS);
  const rows = named.length > 1 ? [all, ...busiest] : [all];
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, states: own }) => {
    const total = totalOf(own);
    const percent = total === 0 ? 0 : Math.floor((overIn(own) / total) * 100);
    const drawn = bar(own, { width: BAR, color });
    return `${name.padEnd(width)}  ${drawn} ${String(percent).padStart(3)}%  ${overIn(own)}/${total}`;
  });
  const hidden = named.length > 1 ? named.length - busiest.length : 0;
  const more = hidden === 0 ? [] : [`… ${hidden} more groups`];
  return `${[...lines, ...more, countsLine(states)].join("\n")}\n`;
}

function openIn(states: Parameters<typeof totalOf>[0]): number {
  return totalOf(states) - overIn(states);
}

function progressLines(tasks: readonly TaskView[]): string {
  const lines = tasks.flatMap(({ title, progress }) =>
    progress === null || progress.share === null
      ? []
      : [
          `${shareBar(progress.share, { width: BAR })} ${String(Math.round(progress.share * 100)).padStart(3)}%  ${printableLine(title)}`,
        ],
  );
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

interface One {
  readonly ref: string;
  readonly json: boolean | undefined;
}

export async function watchOne(context: Context, client: Client, one: One): Promise<void> {
  const { id } = await client.tasks.show(one.ref);
  const last = await (context.stdout.isTTY === true && one.json !== true
    ? drawnUntilOver(context, client, id)
    : toldUntilOver(context, client, { ...one, ref: id }));
  if (last === undefined || last.state === "done") return;
  const hint = `conductor task show ${id}`;
  if (one.json !== true)
    context.stderr.write(`error: ${printableLine(stateLine(last))}\nhint: ${hint}\n`);
  throw new Exit(1);
}

async function drawnUntilOver(
  context: Context,
  client: Client,
  id: string,
): Promise<TaskView | undefined> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  let last: TaskView | undefined;
  const draw = async (): Promise<{ data: unknown; text: string }> => {
    const task = await client.tasks.show(id);
    const [dependencies, nameOf] = await Promise.all([
      client.tasks.dependencies(id),
      namesOf(client, [task]),
    ]);
    if (isOver(task)) {
      last = task;
      stop.abort();
    }
    const bars = progressLines([task]);
    const text = `${bars}${detailText(task, dependencies, { now: Date.now(), nameOf })}`;
    return { data: task, text };
  };
  await watch({ ...context, signal }, { client, json: false, draw });
  if (last !== undefined) context.stdout.write(`${printableLine(stateLine(last))}\n`);
  return last;
}

async function toldUntilOver(
  context: Context,
  client: Client,
  { ref, json }: One,
): Promise<TaskView | undefined> {
  let before = "";
  const signal = whileRead(context);
  const look: (change: void) => Promise<TaskView> = () => client.tasks.show(ref);
  for await (const change of persistently(signal, () => client.changes(signal))) {
    const task = await look(change);
    const now = stateLine(task);
    if (now !== before) present(context, json, task, () => printableLine(now));
    before = now;
    if (isOver(task)) return task;
  }
  return undefined;
}

function stateLine(task: TaskView): string {
  const { id, state, title, progress, attempt } = task;
  const share = progress?.share ?? null;
  const percent = share === null || isOver(task) ? "" : ` ${Math.round(share * 100)}%`;
  const note = noteOf(task, Date.now());
  const tried = attempt > 1 ? `, attempt ${attempt}` : "";
  return `${id}  ${state}${percent}${tried}  "${title}"${note === "" ? "" : `: ${note}`}`;
}

/** `13:02:11  task_…  claimed  "title"  agent:t_…  reason` */
export function lineOf({ time, type, subject, actor, data }: JournalEvent): string {
  const at = new Date(time).toISOString().slice(11, 19);
  const { title, message, reason, note, share } = data;
  const percent = typeof share === "number" ? `${Math.round(share * 100)}%` : undefined;
  const notes = [percent, note, message ?? reason].filter(
    (each): each is string => typeof each === "string" && each !== "",
  );
  const told = notes.length === 0 ? "" : `  ${notes.join(" ")}`;
  const verb = type.slice("task.".length);
  const named = typeof title === "string" ? title : "";
  return printableLine(`${at}  ${subject}  ${verb.padEnd(10)}  "${named}"  ${actor}${told}`);
}
