import type { Command } from "commander";
import { command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { terminalTable } from "./terminal-table.ts";
import { watch } from "./watch.ts";

interface LsOptions extends JsonOption {
  readonly watch?: boolean;
  readonly all?: boolean;
}

export function build(context: Context): Command {
  return command("ls", "List every terminal: who it is, what it does, what waits for it", [
    "ls",
    "ls --watch",
    "ls --all --json",
  ])
    .option("-w, --watch", "redraw whenever something changes")
    .option("-a, --all", "also the ones that have exited")
    .action((options: LsOptions) => run(context, options));
}

async function run(context: Context, options: LsOptions): Promise<void> {
  const client = await openClient(context);
  const draw = async (): Promise<{ data: unknown; text: string }> => {
    const terminals = await client.terminals({ all: options.all });
    const look = tableLook(context.env, context.stdout);
    const text = await terminalTable(terminals, { now: Date.now(), ...look });
    return { data: terminals, text };
  };
  if (options.watch === true) return watch(context, { client, json: options.json, draw });
  const { data, text } = await draw();
  present(context, options.json, data, () => text);
}
