import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { withProgress } from "./progress.ts";
import { present } from "./report.ts";

interface ShutdownOptions extends JsonOption {
  readonly all?: boolean;
  readonly session?: string;
}

export function build(context: Context): Command {
  return command("shutdown", "Ask agents to exit, then end their windows and processes", [
    "shutdown",
    "shutdown --session shop",
    "shutdown --all",
  ])
    .option("-s, --session <name>", "this session; needed only where there are several")
    .option("-a, --all", "every session")
    .action(async (options: ShutdownOptions) => {
      const client = await openClient(context);
      const { session } = options;
      const outcome = await withProgress(
        context.stderr,
        () => "asking the agents to leave",
        client.shutdown({
          all: options.all === true,
          ...(session === undefined ? {} : { session }),
        }),
      );
      present(context, options.json, outcome, () => {
        const told = [
          ...outcome.stopped.map((name) => `stopped  ${printableLine(name)}`),
          ...outcome.killed.map((name) => `killed   ${printableLine(name)}`),
        ];
        if (told.length === 0) told.push("nothing was running");
        if (outcome.autoOff)
          told.push(
            "the automatic work is off, and its tasks are back in the queue: conductor auto on",
          );
        return told.join("\n");
      });
    });
}
