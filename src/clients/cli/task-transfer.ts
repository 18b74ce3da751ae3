import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { bare, command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { writer } from "./json-lines.ts";
import { openClient } from "./open-client.ts";
import { readAll } from "./read-text.ts";
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
      const text = file === "-" ? await readAll(context) : textOf(resolve(context.cwd, file));
      const wanted = parseExport(text, file, all === true);
      const client = await openClient(context);
      const created = wanted.length === 0 ? [] : await client.tasks.create(wanted);
      const fresh = created.filter(({ existing }) => !existing).length;
      const data = { created: fresh, existing: created.length - fresh };
      present(context, json, data, () => `${fresh} created, ${data.existing} were there`);
    });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConductorError("not_found", `the file ${file} cannot be read`, { cause: error });
  }
}
