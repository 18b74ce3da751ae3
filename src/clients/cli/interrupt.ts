import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";

export function build(context: Context): Command {
  return command("interrupt", "Stop what an agent is doing now; it stays ready for more", [
    "interrupt dev",
  ])
    .argument("<name>", "a terminal's name or id")
    .action(async (ref: string, options: JsonOption) => {
      const client = await openClient(context);
      const outcome = await client.interrupt(ref);
      present(context, options.json, outcome, () => `interrupted ${printableLine(ref)}`);
    });
}
