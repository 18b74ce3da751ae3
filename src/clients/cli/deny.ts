import type { Command } from "commander";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { giveVerdict } from "./verdict.ts";

interface DenyOptions extends JsonOption {
  readonly reason?: string;
}

export function build(context: Context): Command {
  return command("deny", "Say no to an action, and tell the agent why", [
    'deny 7 --reason "not on the main branch"',
    "deny 7",
  ])
    .argument("<id>", "its number, the start of its id, or the name of the agent that asks")
    .option("-r, --reason <text>", "what the agent is told")
    .action((ref: string, { reason, json }: DenyOptions) =>
      giveVerdict(context, { ref, verdict: "deny", reason, json }),
    );
}
