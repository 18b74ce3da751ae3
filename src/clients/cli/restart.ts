import type { Command } from "commander";
import { agentEnvironment } from "../../base/environment.ts";
import { printableLine } from "../../base/printable.ts";
import type { RestartOutcome } from "../../contract/terminals.ts";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { settlePanel } from "./open-panel.ts";
import { withProgress } from "./progress.ts";
import { present } from "./report.ts";
import { statusText } from "./terminal-table.ts";

interface RestartOptions extends JsonOption {
  readonly resume?: boolean;
}

export function build(context: Context): Command {
  return command("restart", "End one agent and start it again as it was launched", [
    "restart dev",
    "restart dev --resume",
  ])
    .argument("<name>", "a terminal's name or id")
    .option("--resume", "go on with its conversation, where its CLI has kept it")
    .action(async (ref: string, options: RestartOptions) => {
      const client = await openClient(context);
      const terminal = await withProgress(
        context.stderr,
        () => `restarting ${ref}`,
        client.restart(ref, {
          env: agentEnvironment(context.env),
          resume: options.resume === true,
        }),
      );
      await settlePanel(client, terminal.session);
      present(context, options.json, terminal, () =>
        printableLine(`${terminal.name} is ${statusText(terminal)} again${goesOn(terminal)}`),
      );
    });
}

function goesOn({ resumed, fresh }: RestartOutcome): string {
  if (resumed) return ", with its conversation";
  return fresh === null ? "" : `, in a new conversation: ${fresh}`;
}
