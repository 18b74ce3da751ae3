import type { Command } from "commander";
import { systemClock } from "../../base/clock.ts";
import { bare } from "./command.ts";
import { type Context, Exit } from "./context.ts";
import { openClient } from "./open-client.ts";
import { refuseAgents } from "./verdict.ts";

export function build(context: Context): Command {
  return bare("panel", "The side pane: approve and deny, and see what the team does", [
    "panel",
    "panel --once",
  ])
    .option("--once", "print it as text and end")
    .action(async (options: { once?: boolean }) => {
      const client = await openClient(context);
      const { runPanel } = await import("../tui/main.ts");
      const code = await runPanel({
        client: {
          approvals: () => client.approvals(),
          terminals: () => client.terminals(),
          decide: async (id, verdict) => {
            refuseAgents(context);
            return client.decide(id, verdict);
          },
          changes: (signal) => client.changes(signal),
        },
        stdin: process.stdin,
        stdout: process.stdout,
        env: context.env,
        clock: systemClock,
        once: options.once === true,
      });
      throw new Exit(code);
    });
}
