import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { CreatedTask } from "../../contract/task-calls.ts";
import { type TaskRequest, taskType } from "../../contract/tasks.ts";
import type { Client } from "../link/client.ts";
import { collect, command, count, duration, integer, type JsonOption, oneOf } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { readAll, textOfFile } from "./read-text.ts";
import { present } from "./report.ts";
import { parseTaskFile } from "./task-file.ts";
import { groupOf, lockOf, needOf, objectOf } from "./task-words.ts";

interface CreateOptions extends JsonOption {
  readonly file?: string;
  readonly type?: ReturnType<typeof typeOf>;
  readonly prompt?: string;
  readonly label?: readonly string[];
  readonly capability?: readonly string[];
  readonly agent?: string;
  readonly priority?: number;
  readonly needs?: readonly string[];
  readonly lock?: readonly string[];
  readonly group?: string;
  readonly queue?: string;
  readonly payload?: string;
  readonly key?: string;
  readonly project?: string;
  readonly cwd?: string;
  readonly worktree?: boolean;
  readonly fresh?: boolean;
  readonly doneBy?: "turn" | "agent";
  readonly check?: string;
  readonly timeout?: number;
  readonly attempts?: number;
  readonly lease?: number;
  readonly in?: number;
}

const typeOf = oneOf(taskType.options);

export function createCommand(context: Context): Command {
  return command("create", "Put work into the queue", [
    'task create "fix the parser" --label ts --lock "src/parser/**"',
    'task create "run the tests" --type test --needs task_0199ab',
    'task create "review it" -p 5 --prompt @how.md --payload \'{"pr":7}\'',
    'task create "ship" --check "npm test" --key ship-1.2 --json',
    "task create --file tasks.yaml",
  ])
    .argument("[title]", "what it is, in a line")
    .option("-f, --file <file>", "many at once from YAML, JSON or JSON Lines; - is stdin")
    .option("-t, --type <type>", taskType.options.join(", "), typeOf)
    .option("--prompt <text>", "what the agent is told, else the title; @file reads it")
    .option("-l, --label <label>", "who does it has this label; may be repeated", collect)
    .option("--capability <word>", "who does it can do this; may be repeated", collect)
    .option("--agent <name>", "who does it is this agent")
    .option("-p, --priority <number>", "smaller first (0)", integer)
    .option("-n, --needs <id>", "wait for this task; ID:run, ID:fail: though it fails", collect)
    .option("--lock <glob>", "no other task has it meanwhile; shared:GLOB, module:NAME", collect)
    .option("-g, --group <key[:limit]>", "so many of a group at a time (1)")
    .option("-q, --queue <name>", "another queue than default")
    .option("--payload <json>", "an object for whoever does it; @file reads it")
    .option("-k, --key <key>", "the same task with the same key is created once")
    .option("--project <folder>", "what paths of locks are in; else this repository")
    .option("-C, --cwd <folder>", "where it is done; else here")
    .option("-w, --worktree", "in a git worktree of its own")
    .option("--fresh", "in a new terminal, even where an idle one waits")
    .option("--done-by <turn|agent>", "what ends it: its turn, or its word", oneOf(DONE_BY))
    .option("--check <command>", "it is done only when this shell command succeeds")
    .option("--timeout <time>", "how long an attempt may take", duration)
    .option("--attempts <number>", "how often it is tried (3)", count)
    .option("--lease <time>", "how long it is held without a sign of life (60s)", duration)
    .option("--in <time>", "not before so long from now", duration)
    .action((title: string | undefined, options: CreateOptions) => run(context, title, options));
}

const DONE_BY = ["turn", "agent"] as const;

async function run(
  context: Context,
  title: string | undefined,
  options: CreateOptions,
): Promise<void> {
  const wanted = await tasksOf(context, title, options);
  const client = await openClient(context);
  const created = await client.tasks.create(wanted);
  const told = created.map(({ task, existing }) => ({ ...task, existing }));
  const data = options.file === undefined ? told[0] : told;
  present(context, options.json, data, () => created.map(createdLine).join("\n"));
  if (isFor(options)) await warnOfNobody(context, client, created);
}

function isFor({ agent, label = [], capability = [] }: CreateOptions): boolean {
  return agent !== undefined || label.length > 0 || capability.length > 0;
}

/** Whoever it is for may come later, but a slip of the pen would wait for ever. The tasks are there either way. */
async function warnOfNobody(
  context: Context,
  client: Client,
  created: readonly CreatedTask[],
): Promise<void> {
  for (const { task } of created) {
    const routing = await client.execution.why(task.id).then(
      (why) => why.routing,
      () => null,
    );
    if (routing?.outcome === "nobody" && routing.table.length > 0)
      context.stderr.write(`nobody registered can take it: ${printableLine(routing.why)}\n`);
  }
}

async function tasksOf(
  context: Context,
  title: string | undefined,
  { file, ...options }: CreateOptions,
): Promise<TaskRequest[]> {
  if (file === undefined) {
    if (title === undefined || title.trim() === "")
      throw usage("a title is missing, or --file", 'task create "fix it"');
    return [await taskOf(context, title, options)];
  }
  const { json: _json, ...others } = options;
  const [stray] = Object.keys(others);
  if (title !== undefined || stray !== undefined)
    throw usage("with --file all of a task stands in the file", "task create --file tasks.yaml");
  const text = file === "-" ? await readAll(context) : textOfFile(resolve(context.cwd, file));
  return parseTaskFile(text, file).map((task) => ({
    ...task,
    project: task.project ?? projectOf(context.cwd),
    execution: { ...task.execution, cwd: task.execution.cwd ?? context.cwd },
  }));
}

async function taskOf(
  context: Context,
  title: string,
  options: Omit<CreateOptions, "file">,
): Promise<TaskRequest> {
  const { type, agent, priority, queue, key, payload, prompt } = options;
  const cwd = resolve(context.cwd, options.cwd ?? ".");
  const project = options.project === undefined ? projectOf(cwd) : resolve(cwd, options.project);
  return {
    title,
    labels: [...(options.label ?? [])],
    capabilities: [...(options.capability ?? [])],
    locks: (options.lock ?? []).map(lockOf),
    dependsOn: (options.needs ?? []).map(needOf),
    project,
    execution: executionOf(options, cwd),
    ...(prompt === undefined ? {} : { prompt: await given(context, prompt) }),
    ...(payload === undefined ? {} : { payload: payloadOf(await given(context, payload)) }),
    ...(type === undefined ? {} : { type }),
    ...(agent === undefined ? {} : { agent }),
    ...(priority === undefined ? {} : { priority }),
    ...(queue === undefined ? {} : { queue }),
    ...(key === undefined ? {} : { key }),
    ...(options.group === undefined ? {} : { group: groupOf(options.group) }),
    ...(options.attempts === undefined ? {} : { maxAttempts: options.attempts }),
    ...(options.lease === undefined ? {} : { leaseMs: options.lease }),
    ...(options.in === undefined ? {} : { runAt: Date.now() + options.in }),
  };
}

function executionOf(
  { worktree, fresh, doneBy, check, timeout }: CreateOptions,
  cwd: string,
): NonNullable<TaskRequest["execution"]> {
  return {
    cwd,
    worktree: worktree === true,
    fresh: fresh === true,
    ...(doneBy === undefined ? {} : { doneBy }),
    ...(check === undefined ? {} : { check }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
  };
}

/** The text itself, or what stands in the file behind an `@`; `@-` is stdin. */
async function given(context: Context, text: string): Promise<string> {
  if (!text.startsWith("@")) return text;
  return text === "@-" ? readAll(context) : textOfFile(resolve(context.cwd, text.slice(1)));
}

function payloadOf(text: string): Record<string, unknown> {
  const payload = objectOf(text);
  if (payload !== undefined) return payload;
  throw usage(
    "the payload is no JSON object",
    "task create … --payload '{\"pr\": 7}', or --payload @file.json",
  );
}

/** The repository that the folder is in, so that locks of all who work there meet; else the folder. */
function projectOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return folder;
  }
}

function createdLine({ task, existing }: CreatedTask): string {
  const note = existing ? "  (it was there)" : "";
  return `${task.id}  ${task.state}  ${printableLine(task.title)}${note}`;
}

function usage(message: string, hint: string): ConductorError {
  return new ConductorError("usage.invalid", message, { hint: `conductor ${hint}` });
}
