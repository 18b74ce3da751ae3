import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";

export function build(context: Context): Command {
  return command("rename", "Call a terminal something else; its id stays", ["rename dev backend"])
    .argument("<name>", "a terminal's name or id")
    .argument("<new>", "letters, digits, - and _, first a letter, at most 40")
    .action(async (ref: string, name: string, options: JsonOption) => {
      const client = await openClient(context);
      const terminal = await client.rename(ref, name);
      present(context, options.json, terminal, () =>
        printableLine(`${ref} is now ${terminal.name}`),
      );
    });
}
