import type { Command } from "commander";
import { command } from "./command.ts";
import type { Context } from "./context.ts";
import { type AskOptions, handOff, withAskOptions } from "./handing.ts";
import { whoText } from "./handoff-text.ts";
import { openClient } from "./open-client.ts";
import { present } from "./report.ts";

export function build(context: Context): Command {
  const about = "Give work to another agent; an agent gets the result as a message";
  const bare = command("assign", about, [
    'assign developer --worktree cart "add the cart page as TASKS.md says"',
    'assign dev "run the slow tests and report" --timeout 2h',
    "handoffs result h_0192ab --wait",
  ]);
  return withAskOptions(bare).action((words: string[], options: AskOptions) =>
    run(context, words, options),
  );
}

async function run(context: Context, words: string[], options: AskOptions): Promise<void> {
  const client = await openClient(context);
  const asked = await handOff(context, client, { kind: "assignment", words, options });
  present(context, options.json, asked, () => `assigned to ${whoText(asked)}  ${asked.id}`);
}
