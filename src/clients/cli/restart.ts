import type { Command } from "commander";
import { agentEnvironment } from "../../base/environment.ts";
import { printableLine } from "../../base/printable.ts";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { openClient } from "./open-client.ts";
import { settlePanel } from "./open-panel.ts";
import { withProgress } from "./progress.ts";
import { present } from "./report.ts";
import { statusText } from "./terminal-table.ts";

export function build(context: Context): Command {
  return command("restart", "End one agent and start it again as it was launched", ["restart dev"])
    .argument("<name>", "a terminal's name or id")
    .action(async (ref: string, options: JsonOption) => {
      const client = await openClient(context);
      const terminal = await withProgress(
        context.stderr,
        () => `restarting ${ref}`,
        client.restart(ref, { env: agentEnvironment(context.env) }),
      );
      await settlePanel(client, terminal.session);
      present(context, options.json, terminal, () =>
        printableLine(`${terminal.name} is ${statusText(terminal)} again`),
      );
    });
}
