import { type Command, Option } from "commander";
import { ConductorError } from "../../base/errors.ts";
import { GRANT_MS } from "../../contract/grants.ts";
import { command, duration, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { giveVerdict } from "./verdict.ts";

interface ApproveOptions extends JsonOption {
  readonly reason?: string;
  readonly always?: boolean;
  readonly once?: boolean;
  readonly for?: number;
}

export function build(context: Context): Command {
  return command("approve", "Say yes to one exact action, once or from now on", [
    "approve 7",
    "approve 7 --always --for 1d",
    "approve a_0192 --json",
  ])
    .argument("<id>", "its number, the start of its id, or the name of the agent that asks")
    .option("-r, --reason <text>", "kept with the verdict")
    .option("--once", "this time only; so it is without --always")
    .addOption(
      new Option(
        "--always",
        "also whenever this agent runs exactly this command in this folder (conductor grants)",
      ).conflicts("once"),
    )
    .option("--for <time>", "how long --always holds (default: 7d)", duration)
    .action((ref: string, options: ApproveOptions) => {
      const { reason, json, always } = options;
      if (options.for !== undefined && always !== true)
        throw new ConductorError("usage.invalid", "--for says how long --always holds");
      const grantMs = always === true ? (options.for ?? GRANT_MS) : undefined;
      return giveVerdict(context, { ref, verdict: "approve", reason, grantMs, json });
    });
}
