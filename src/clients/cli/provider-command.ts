import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { ConductorError, describeError } from "../../base/errors.ts";
import { printable, printableLine } from "../../base/printable.ts";
import { type ProviderDefinition, parseProvider } from "../../core/providers/index.ts";
import { bare, command, type JsonOption } from "./command.ts";
import { type Context, Exit, tableLook } from "./context.ts";
import { textOf, writer } from "./json-lines.ts";
import { findProvider, type ProviderFile, providerFiles } from "./provider-files.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";

export function build(context: Context): Command {
  return bare("provider", "The agent CLIs that conductor can drive, each one YAML file", [
    "provider list",
    "provider show claude-code",
    "provider test my-agent.yaml",
    "provider detect --jsonl < screens.jsonl",
  ])
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(testCommand(context))
    .addCommand(detectCommand(context));
}

function listCommand(context: Context): Command {
  return command("list", "List them, your own last", ["provider list"]).action(
    async (options: JsonOption) => {
      const files = providerFiles(context);
      const look = tableLook(context.env, context.stdout);
      const head = ["NAME", "AGENT", "COMMAND", "VERIFIED", "FILE"];
      const text = await table([head, ...files.map(row)], { ...look, cut: [[4], [3]] });
      present(context, options.json, files.map(summary), () => text);
    },
  );
}

function row({ file, isOwn, broken, definition }: ProviderFile): string[] {
  if (definition === undefined) return ["(broken)", "-", "-", "-", printableLine(broken ?? file)];
  const verified = definition.verified ? definition.versions.join(", ") || "yes" : "no";
  const { name, displayName, command: binary } = definition;
  return [name, displayName, binary, verified, isOwn ? file : "shipped"].map(printableLine);
}

function summary({ file, isOwn, broken, definition }: ProviderFile): Record<string, unknown> {
  if (definition === undefined) return { file, own: isOwn, broken };
  const { name, aliases, displayName, command: binary, verified, versions } = definition;
  return { name, aliases, displayName, command: binary, verified, versions, file, own: isOwn };
}

function showCommand(context: Context): Command {
  return command("show", "Print the file in force for a name or an alias", ["provider show codex"])
    .argument("<name>", "a provider's name or alias")
    .action((name: string, options: JsonOption) => {
      const found = findProvider(providerFiles(context), name);
      const text = readFileSync(found.file, "utf8");
      present(context, options.json, { ...summary(found), text }, () =>
        printable(`# ${found.file}\n${text}`),
      );
    });
}

function testCommand(context: Context): Command {
  return command("test", "Check a provider file; errors name line and field", [
    "provider test my-agent.yaml",
  ])
    .argument("<file>", "a provider file")
    .action((file: string, options: JsonOption) => {
      const definition = parseProvider(readText(file), file);
      const { name, rules, dialogs } = definition;
      const data = { file, name, rules: rules.length, dialogs: dialogs.length };
      present(context, options.json, data, () =>
        printableLine(
          `${file} is right: provider ${name}, ${rules.length} rules, ${dialogs.length} dialogs`,
        ),
      );
    });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConductorError("not_found", `${file} cannot be read: ${describeError(error)}`, {
      cause: error,
    });
  }
}

function detectCommand(context: Context): Command {
  return bare("detect", "Judge recorded screens: JSON lines in, JSON lines out, no daemon", [
    "provider detect --jsonl < screens.jsonl",
  ])
    .requiredOption("--jsonl", "one JSON object per line: id, provider, screen and what is known")
    .addHelpText(
      "after",
      "\nIn:  id, provider, screen; optional title, command, dead, dispatched\n" +
        "Out: id, status, detail, composer, rule, lastMessage",
    )
    .action(async () => {
      const { runDetect } = await import("./provider.ts");
      const write = writer(context.stdout);
      const code = await runDetect(textOf(context.stdin), write, inForce(providerFiles(context)));
      if (code !== 0) throw new Exit(code);
    });
}

/** By name and alias; of two files with one name the later is in force. */
function inForce(files: readonly ProviderFile[]): ReadonlyMap<string, ProviderDefinition> {
  const definitions = files.flatMap(({ definition }) => definition ?? []);
  const names = definitions.map((each) => [each.name, each] as const);
  const aliases = definitions.flatMap((each) =>
    each.aliases.map((alias) => [alias, each] as const),
  );
  return new Map([...aliases, ...names]);
}
