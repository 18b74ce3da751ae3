import type { Command } from "commander";
import { command, count, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { showLog } from "./log-file.ts";
import { openClient } from "./open-client.ts";
import { plainLogLine } from "./screen-text.ts";

interface LogsOptions extends JsonOption {
  readonly follow?: boolean;
  readonly lines: number;
  readonly raw?: boolean;
}

export function build(context: Context): Command {
  return command("logs", "Print what an agent wrote to its terminal", [
    "logs dev",
    "logs dev -f",
    "logs dev --raw | less -R",
  ])
    .argument("<name>", "a terminal's name or id")
    .option("-f, --follow", "go on as it grows")
    .option("-n, --lines <count>", "how many lines from its end", count, 200)
    .option("--raw", "every byte as the agent wrote it, escape sequences included")
    .action(async (ref: string, options: LogsOptions) => {
      const client = await openClient(context);
      const { logPath } = await client.terminal(ref);
      const clean = options.raw === true ? undefined : plainLogLine;
      await showLog(context, logPath, { ...options, clean });
    });
}
