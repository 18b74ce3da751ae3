import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import type { TaskCounts } from "../../contract/task-calls.ts";
import { type TaskView, taskState, taskType } from "../../contract/tasks.ts";
import type { Client } from "../link/client.ts";
import type { TaskFilter } from "../link/task-client.ts";
import { collect, command, count, type JsonOption, oneOf } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { age } from "./duration.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";
import {
  countsLine,
  detailText,
  edgesText,
  type NameOf,
  noteOf,
  shortIds,
  stateCell,
} from "./task-text.ts";
import { needOf } from "./task-words.ts";

export interface FilterOptions {
  readonly state?: readonly string[];
  readonly queue?: string;
  readonly label?: string;
  readonly type?: string;
  readonly group?: string;
  readonly terminal?: string;
}

interface ListOptions extends FilterOptions, JsonOption {
  readonly open?: boolean;
  readonly limit: number;
}

const stateOf = oneOf(taskState.options);
const states = (text: string, before: readonly string[] = []): string[] =>
  text.split(",").reduce((all, each) => collect(stateOf(each), all), [...before]);

export function withFilters(made: Command): Command {
  return made
    .option("-s, --state <state>", "only in this state; several with commas", states)
    .option("-q, --queue <name>", "only of this queue")
    .option("-l, --label <label>", "only with this label")
    .option("-t, --type <type>", "only of this type", oneOf(taskType.options))
    .option("-g, --group <key>", "only of this group")
    .option("--terminal <name>", "only what this agent holds or held last");
}

const OPEN = ["queued", "claimed", "running", "blocked", "waiting"];

export function filterOf(options: FilterOptions & { readonly open?: boolean }): TaskFilter {
  const { queue, label, type, group, terminal } = options;
  const state = options.state ?? (options.open === true ? OPEN : undefined);
  return { state, queue, label, type, group, terminal };
}

export function listCommand(context: Context): Command {
  const made = command("list", "List tasks, newest first, and count their states", [
    "task list",
    "task list --open",
    "task list --state failed,dead --label ts",
    "task list --json",
  ]);
  return withFilters(made)
    .option("-o, --open", "only what is not over")
    .option("--limit <number>", "at most so many (50)", count, 50)
    .action((options: ListOptions) => list(context, options));
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const client = await openClient(context);
  const limit = Math.max(1, Math.min(options.limit, 500));
  const page = await client.tasks.list({ ...filterOf(options), limit });
  const { states: counts } = await client.tasks.counts();
  const nameOf = await namesOf(client, page.tasks);
  const drawn = await listText(context, { ...page, counts }, nameOf);
  present(context, options.json, { ...page, counts }, () => drawn);
}

async function listText(
  context: Context,
  { tasks, next, counts }: { tasks: TaskView[]; next: number | null; counts: TaskCounts["states"] },
  nameOf: NameOf,
): Promise<string> {
  const more = next === null ? "" : `the newest ${tasks.length} are shown (--limit); `;
  const foot = `${more}${countsLine(counts)}\n`;
  if (tasks.length === 0) return `nothing matches; ${foot}`;
  return `${await taskTable(context, tasks, nameOf)}${foot}`;
}

export function taskTable(
  context: Context,
  tasks: readonly TaskView[],
  nameOf: NameOf,
): Promise<string> {
  const now = Date.now();
  const ids = shortIds(tasks.map(({ id }) => id));
  const rows = tasks.map((task) => [
    ids.get(task.id) ?? task.id,
    stateCell(task),
    String(task.priority),
    task.type,
    printableLine(task.title),
    printableLine(task.labels.join(",")),
    printableLine(task.lease === null ? "" : nameOf(task.lease.owner)),
    age(task.createdAt, now),
    printableLine(noteOf(task, now)),
  ]);
  const look = tableLook(context.env, context.stdout);
  const shown = HEAD.flatMap((_, at) =>
    look.columns === undefined || rows.some((row) => row[at] !== DULL[at]) ? [at] : [],
  );
  const cut = CUT.map((group) => group.map((at) => shown.indexOf(at)).filter((at) => at >= 0));
  const cells = [HEAD, ...rows].map((row) => shown.map((at) => row[at] ?? ""));
  return table(cells, { ...look, cut, keep: [0] });
}

const HEAD = ["ID", "STATE", "PRI", "TYPE", "TITLE", "LABELS", "HOLDER", "AGE", "NOTE"];
/** A column of nothing else leaves its room on a screen to the others. */
const DULL: Readonly<Record<number, string>> = { 2: "0", 3: "custom", 5: "", 6: "", 8: "" };
const CUT = [[4, 5, 8], [6]];

/** Agents by their names; asked for only where one holds something. */
export async function namesOf(client: Client, tasks: readonly TaskView[]): Promise<NameOf> {
  const actors = tasks.flatMap(({ lease, createdBy }) => [lease?.owner ?? "", createdBy]);
  if (!actors.some((actor) => actor.startsWith("agent:"))) return (actor) => actor;
  const terminals = await client.terminals({ all: true });
  const names = new Map(terminals.map(({ id, name }) => [`agent:${id}`, name]));
  return (actor) => names.get(actor) ?? actor;
}

export function showCommand(context: Context): Command {
  return command("show", "Show one whole, with its result and evidence", ["task show task_0199ab"])
    .argument("<id>", "its id, or the start of it")
    .action(async (ref: string, { json }: JsonOption) => {
      const client = await openClient(context);
      const task = await client.tasks.show(ref);
      const dependencies = await client.tasks.dependencies(task.id);
      const nameOf = await namesOf(client, [task]);
      const data = { ...task, dependencies };
      const look = { now: Date.now(), nameOf };
      present(context, json, data, () => detailText(task, dependencies, look));
    });
}

interface DepsOptions extends JsonOption {
  readonly on?: readonly string[];
}

export function depsCommand(context: Context): Command {
  return command("deps", "Show what it waits for and what waits for it, or add to it", [
    "task deps task_0199ab",
    "task deps task_0199ab --on task_0199cd",
    "task deps task_0199ab --on task_0199cd:run",
  ])
    .argument("<id>", "its id, or the start of it")
    .option("--on <id>", "make it wait for this one; ID:run, ID:fail: though it fails", collect)
    .action(async (ref: string, { on = [], json }: DepsOptions) => {
      const client = await openClient(context);
      if (on.length > 0) await client.tasks.link(ref, on.map(needOf));
      const dependencies = await client.tasks.dependencies(ref);
      const { upstream, downstream } = dependencies;
      present(context, json, dependencies, () =>
        [
          upstream.length === 0 ? "it depends on nothing" : `depends on:\n${edgesText(upstream)}`,
          downstream.length === 0
            ? "nothing depends on it"
            : `needed by:\n${edgesText(downstream)}`,
        ].join("\n"),
      );
    });
}
