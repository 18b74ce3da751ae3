import type { Command } from "commander";
import { bare } from "./command.ts";
import { type Context, Exit } from "./context.ts";

/** Only for `--help`: the bin runs the scripted agent before any command is looked at. */
export function build(context: Context): Command {
  return bare("fake-agent", "The scripted agent, for demos, tests and trying out policies", [
    "fake-agent",
    "fake-agent --script script.json",
    "launch --provider scripted --name demo",
  ])
    .allowUnknownOption()
    .argument("[args...]", "conductor fake-agent --help lists them")
    .action(async (args: string[]) => {
      throw new Exit(await context.host.runFakeAgent(args));
    });
}
