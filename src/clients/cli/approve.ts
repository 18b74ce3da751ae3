import type { Command } from "commander";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { giveVerdict } from "./verdict.ts";

interface ApproveOptions extends JsonOption {
  readonly reason?: string;
}

export function build(context: Context): Command {
  return command("approve", "Say yes to one exact action, once", [
    "approve 7",
    "approve a_0192 --json",
  ])
    .argument("<id>", "its number, the start of its id, or the name of the agent that asks")
    .option("-r, --reason <text>", "kept with the verdict")
    .action((ref: string, { reason, json }: ApproveOptions) =>
      giveVerdict(context, { ref, verdict: "approve", reason, json }),
    );
}
