import type { Command } from "commander";
import { assertNever } from "../../base/errors.ts";
import { connect } from "../link/connect.ts";
import { bare, oneOf } from "./command.ts";
import type { CommandExtras } from "./command-entry.ts";
import { type CommandWords, scriptFor, type ValueKind } from "./completion-scripts.ts";
import type { Context } from "./context.ts";
import { linkOptions } from "./open-client.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
const KINDS = [
  "terminals",
  "sessions",
  "approvals",
  "agents",
  "tasks",
  "providers",
  "profiles",
] as const;

export function build(context: Context, { commands }: CommandExtras): Command {
  return bare("completion", "Print a script that completes commands, options and names", [
    "completion bash > ~/.local/share/bash-completion/completions/conductor",
    "completion zsh > ~/.zfunc/_conductor",
    "completion fish > ~/.config/fish/completions/conductor.fish",
  ])
    .argument("<shell>", "bash, zsh or fish", asked)
    .action(async (what: ReturnType<typeof asked>) => {
      const kind = KINDS.find((each) => each === what);
      if (kind !== undefined) return printValues(context, kind);
      const shell = SHELLS.find((each) => each === what) ?? "bash";
      context.stdout.write(scriptFor(shell, await allWords(context, commands)));
      return undefined;
    });
}

/** The scripts themselves ask for the values of one kind. */
function asked(text: string): string {
  return KINDS.find((kind) => kind === text) ?? oneOf(SHELLS)(text);
}

/** What the scripts call while a person types: quick, quiet, and it starts nothing. */
async function printValues(context: Context, kind: ValueKind): Promise<void> {
  try {
    for (const value of new Set(await valuesOf(context, kind))) context.stdout.write(`${value}\n`);
  } catch {
    // No daemon, no names.
  }
}

async function valuesOf(context: Context, kind: ValueKind): Promise<string[]> {
  const client = connect(linkOptions(context));
  switch (kind) {
    case "terminals":
      return (await client.terminals()).map(({ name }) => name);
    case "sessions":
      return (await client.terminals()).map(({ session }) => session);
    case "approvals":
      return (await client.approvals()).map(({ number }) => String(number));
    case "agents":
      return (await client.agents()).map(({ name }) => name);
    case "tasks":
      return (await client.tasks.list({ limit: 100 })).tasks.map(({ id }) => id);
    case "providers": {
      const { providerFiles } = await import("./provider-files.ts");
      return providerFiles(context).flatMap(({ definition }) => definition?.name ?? []);
    }
    case "profiles": {
      const { profileFiles } = await import("./profile.ts");
      return profileFiles(context).flatMap(({ profile }) => profile?.name ?? []);
    }
    default:
      return assertNever(kind);
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
    words.push({
      name,
      about: entry.about,
      options: optionsOf(built),
      subcommands: built.commands.map((each) => each.name()),
      values: valuesAt(name, built),
    });
  }
  return words;
}

/** What stands first behind the command, as far as there is a list of it. */
function valuesAt(name: string, built: Command): ValueKind | undefined {
  if (name === "provider") return "providers";
  if (name === "profile") return "profiles";
  if (name === "ai") return "agents";
  if (name === "task") return "tasks";
  const [first] = built.registeredArguments;
  if (first?.name() === "name" || name === "send") return "terminals";
  return name === "approve" || name === "deny" ? "approvals" : undefined;
}

function optionsOf(built: Command): string[] {
  const groups = [built, ...built.commands];
  const flags = groups.flatMap((each) => each.options.map((option) => option.long ?? ""));
  return [...new Set([...flags, "--help"])].filter((flag) => flag !== "");
}
