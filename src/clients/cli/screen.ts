import type { Command } from "commander";
import { command, type JsonOption } from "./command.ts";
import { type Context, wantsColor } from "./context.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";
import { screenText } from "./screen-text.ts";

export function build(context: Context): Command {
  return command("screen", "Print an agent's screen as it is now", [
    "screen dev",
    "screen dev --json",
  ])
    .argument("<name>", "a terminal's name or id")
    .action(async (ref: string, options: JsonOption) => {
      const client = await openClient(context);
      const screen = await client.screen(ref);
      const color = wantsColor(context.env, context.stdout);
      present(context, options.json, screen, () => screenText(screen.text.trimEnd(), color));
    });
}
