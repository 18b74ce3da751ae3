/**
 * Many tasks in a file: YAML or JSON (a list, or `tasks:` with `defaults:` beside it), or JSON Lines. They name each
 * other by `ref`. A text may stand for a lock, for a task that is needed, and for a single label.
 */
import { z } from "zod";
import { readYaml } from "../../contract/parse-yaml.ts";
import { exportedTask, newTasks } from "../../contract/task-calls.ts";
import { type NewTask, newTask, type TaskView } from "../../contract/tasks.ts";
import { lockOf, needOf } from "./task-words.ts";

type Facts = Readonly<Record<string, unknown>>;

const taskFile = z.preprocess(
  friendlyFile,
  z.union([newTasks, z.strictObject({ tasks: newTasks, defaults: z.unknown() })]),
);

/** @throws {ConductorError} `usage.invalid`, with file, line and field */
export function parseTaskFile(text: string, file: string): NewTask[] {
  const found = read(/\.(jsonl|ndjson)$/.test(file) ? asList(text) : text, file, taskFile);
  return Array.isArray(found) ? found : found.tasks;
}

/**
 * What `task export` wrote. What is over here is left out, unless all shall be done again.
 * @throws {ConductorError} as `parseTaskFile`
 */
export function parseExport(text: string, file: string, all: boolean): NewTask[] {
  const exported = read(asList(text), file, z.array(exportedTask));
  const wanted = exported.filter(({ state }) => all || !isOver(state));
  const known = new Set(exported.map(({ ref }) => ref));
  const refs = new Set(wanted.map(({ ref }) => ref));
  return wanted.map((task) => {
    // What is over and stays behind holds nothing up.
    const dependsOn = task.dependsOn.filter((on) => refs.has(on.task) || !known.has(on.task));
    return newTask.parse({ ...picked(task), dependsOn, key: task.key ?? `import:${task.ref}` });
  });
}

/** JSON is read as such, which is faster by far; what is wrong with a text, the YAML reader says by line. */
function read<T>(text: string, file: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(valueOf(text));
  if (parsed.success) return parsed.data;
  const hint = "docs/tasks.md shows such a file";
  return readYaml(text, { file, code: "usage.invalid", hint }, schema).data;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON Lines as one JSON list, each on the line where it was. */
function asList(text: string): string {
  const lines = text.trimEnd().split("\n");
  const ended = lines.map((line, at) =>
    line.trim() === "" || at === lines.length - 1 ? line : `${line},`,
  );
  return `[${ended.join("\n")}]`;
}

function isOver(state: TaskView["state"]): boolean {
  return ["done", "failed", "cancelled", "dead"].includes(state);
}

function picked(task: Facts): Facts {
  const kept = Object.keys(newTask.shape).filter((name) => name in task);
  return Object.fromEntries(kept.map((name) => [name, task[name]]));
}

function friendlyFile(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(friendly);
  if (!isFacts(value) || !Array.isArray(value["tasks"])) return value;
  const { defaults = {} } = value;
  const before = isFacts(defaults) ? defaults : {};
  const all = value["tasks"].map((task: unknown) =>
    isFacts(task) ? { ...before, ...task } : task,
  );
  return { ...value, defaults, tasks: all.map(friendly) };
}

function friendly(value: unknown): unknown {
  if (!isFacts(value)) return value;
  const { needs, ...task } = value;
  const dependsOn = needs ?? task["dependsOn"];
  return {
    ...task,
    ...(dependsOn === undefined ? {} : { dependsOn: eachText(dependsOn, needOf) }),
    ...("locks" in task ? { locks: eachText(task["locks"], lockOf) } : {}),
    ...("labels" in task ? { labels: eachText(task["labels"], (text) => text) } : {}),
    ...("capabilities" in task
      ? { capabilities: eachText(task["capabilities"], (text) => text) }
      : {}),
  };
}

/** A single one may stand for a list of one. */
function eachText(value: unknown, meant: (text: string) => unknown): unknown {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.map((each) => (typeof each === "string" ? meant(each) : each));
}

function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
