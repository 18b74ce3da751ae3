import type { Command } from "commander";
import { printableLine } from "../../base/printable.ts";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { settlePanel } from "./open-panel.ts";
import { withProgress } from "./progress.ts";
import { present } from "./report.ts";

interface StopOptions extends JsonOption {
  readonly force?: boolean;
}

export function build(context: Context): Command {
  return command("stop", "Ask one agent to exit and end its window", [
    "stop dev",
    "stop dev --force",
  ])
    .argument("<name>", "a terminal's name or id")
    .option("-f, --force", "do not ask, kill it")
    .action(async (ref: string, options: StopOptions) => {
      const client = await openClient(context);
      const { name, session, worktree } = await client.terminal(ref);
      const outcome = await withProgress(
        context.stderr,
        () => `stopping ${ref}`,
        client.stop(ref, { force: options.force === true }),
      );
      await settlePanel(client, session);
      present(context, options.json, outcome, () => stoppedText(name, worktree, outcome.how));
    });
}

/** Nothing that an agent made is deleted, so whoever stops it is told where that is. */
function stoppedText(name: string, worktree: string | null, how: "left" | "killed"): string {
  const stays = worktree === null ? "" : `; its worktree stays: ${worktree}`;
  return printableLine(`${how === "killed" ? "killed" : "stopped"} ${name}${stays}`);
}
