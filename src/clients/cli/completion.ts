import type { Command } from "commander";
import { connect } from "../link/connect.ts";
import { bare, oneOf } from "./command.ts";
import type { CommandExtras } from "./command-entry.ts";
import { type CommandWords, type Shell, scriptFor } from "./completion-scripts.ts";
import type { Context } from "./context.ts";
import { linkOptions } from "./open-client.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export function build(context: Context, { commands }: CommandExtras): Command {
  return bare("completion", "Print a script that completes commands, options and terminal names", [
    "completion bash > ~/.local/share/bash-completion/completions/conductor",
    "completion zsh > ~/.zfunc/_conductor",
    "completion fish > ~/.config/fish/completions/conductor.fish",
  ])
    .argument("<shell>", "bash, zsh or fish", (text) =>
      text === "names" ? text : oneOf(SHELLS)(text),
    )
    .action(async (shell: Shell | "names") => {
      if (shell === "names") return printNames(context);
      context.stdout.write(scriptFor(shell, await allWords(context, commands)));
      return undefined;
    });
}

/** What the scripts call while a person types: quick, quiet, and it starts nothing. */
async function printNames(context: Context): Promise<void> {
  try {
    const terminals = await connect(linkOptions(context)).terminals();
    for (const { name } of terminals) context.stdout.write(`${name}\n`);
  } catch {
    // No daemon, no names.
  }
}

async function allWords(
  context: Context,
  commands: CommandExtras["commands"],
): Promise<CommandWords[]> {
  const words: CommandWords[] = [];
  for (const [name, entry] of Object.entries(commands)) {
    const module = await entry.load();
    const built = module.build(context, { tail: [], commands });
    const [first] = built.registeredArguments;
    words.push({
      name,
      about: entry.about,
      options: optionsOf(built),
      subcommands: built.commands.map((each) => each.name()),
      takesTerminal: first?.name() === "name" || name === "send",
    });
  }
  return words;
}

function optionsOf(built: Command): string[] {
  const groups = [built, ...built.commands];
  const flags = groups.flatMap((each) => each.options.map((option) => option.long ?? ""));
  return [...new Set([...flags, "--help"])].filter((flag) => flag !== "");
}
