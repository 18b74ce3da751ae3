import { resolve } from "node:path";
import type { Command } from "commander";
import type { CreatedTask } from "../../contract/task-calls.ts";
import type { NewTask } from "../../contract/tasks.ts";
import type { Client } from "../link/client.ts";
import { bare, command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { writer } from "./json-lines.ts";
import { openClient } from "./open-client.ts";
import { readAll, textOfFile } from "./read-text.ts";
import { present } from "./report.ts";
import { parseExport } from "./task-file.ts";
import { type FilterOptions, filterOf, withFilters } from "./task-list.ts";

export function exportCommand(context: Context): Command {
  const made = bare("export", "Print tasks as JSON Lines, oldest first, with all about them", [
    "task export > tasks.jsonl",
    "task export --open --queue night > night.jsonl",
  ]);
  return withFilters(made)
    .option("-o, --open", "only what is not over")
    .action(async (options: FilterOptions & { readonly open?: boolean }) => {
      const client = await openClient(context);
      const filter = filterOf(options);
      const lines: string[] = [];
      let before: number | undefined;
      for (;;) {
        const page = await client.tasks.export({ ...filter, before, limit: 500 });
        lines.push(...page.tasks.map((task) => `${JSON.stringify(task)}\n`));
        if (page.next === null) break;
        before = page.next;
      }
      const write = writer(context.stdout);
      for (const line of lines.toReversed()) await write(line);
    });
}

interface ImportOptions extends JsonOption {
  readonly all?: boolean;
}

export function importCommand(context: Context): Command {
  return command("import", "Create what `task export` wrote; twice does no harm", [
    "task import tasks.jsonl",
    "ssh other conductor task export --open | conductor task import -",
  ])
    .argument("<file>", "JSON Lines; - is stdin")
    .option("-a, --all", "what is over there, too: it is done again")
    .action(async (file: string, { all, json }: ImportOptions) => {
      const text = file === "-" ? await readAll(context) : textOfFile(resolve(context.cwd, file));
      const wanted = parseExport(text, file, all === true);
      const created = await createAll(await openClient(context), wanted);
      const fresh = created.filter(({ existing }) => !existing).length;
      const data = { created: fresh, existing: created.length - fresh };
      present(context, json, data, () => `${fresh} created, ${data.existing} were there`);
    });
}

const BATCH = 1_000;

/** In several calls, so that the daemon goes on in between; what is cut off is taken up by importing again. */
async function createAll(client: Client, wanted: readonly NewTask[]): Promise<CreatedTask[]> {
  const ids = new Map<string, string>();
  const created: CreatedTask[] = [];
  const ordered = dependenciesFirst(wanted);
  for (let at = 0; at < ordered.length; at += BATCH) {
    const batch = ordered.slice(at, at + BATCH).map((task) => ({
      ...task,
      dependsOn: task.dependsOn.map((on) => ({ ...on, task: ids.get(on.task) ?? on.task })),
    }));
    const made = await client.tasks.create(batch);
    for (const [place, { ref }] of batch.entries()) ids.set(ref ?? "", made[place]?.task.id ?? "");
    created.push(...made);
  }
  return created;
}

/** Each behind those that it depends on, else as they come. */
export function dependenciesFirst(tasks: readonly NewTask[]): NewTask[] {
  const byRef = new Map(tasks.map((task) => [task.ref, task]));
  const seen = new Set<NewTask>();
  const placed = new Set<NewTask>();
  // By a stack of its own: chains may be thousands long.
  for (const first of tasks) {
    const stack = [first];
    for (let task = stack.at(-1); task !== undefined; task = stack.at(-1)) {
      const before = task.dependsOn.flatMap((on) => byRef.get(on.task) ?? []);
      const missing = seen.has(task) ? [] : before.filter((each) => !seen.has(each));
      seen.add(task);
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      placed.add(task);
    }
  }
  return [...placed];
}
