import type { Command } from "commander";
import { printable } from "../../base/printable.ts";
import { bare, command, type JsonOption } from "./command.ts";
import { defaultSettings, readSettings, type Settings } from "./config-file.ts";
import type { Context } from "./context.ts";
import { present } from "./report.ts";

export function build(context: Context): Command {
  return bare("config", "The settings in force, and where they come from", [
    "config show",
  ]).addCommand(showCommand(context));
}

function showCommand(context: Context): Command {
  return command("show", "Print every setting; a daemon reads them at its start", [
    "config show",
    "config show --defaults > ~/.conductor/config.yaml",
  ])
    .option("--defaults", "every key as it is without a config file, also where that one is broken")
    .action((options: JsonOption & { defaults?: boolean }) => {
      const settings = options.defaults === true ? defaultSettings(context) : readSettings(context);
      const { file, exists, config, defaults } = settings;
      const data = { home: context.paths.home, file, exists, config, defaults };
      present(context, options.json, data, () => printable(settingsText(context, settings)));
    });
}

/** A config file that says what is in force; what differs from its default says so. */
function settingsText(context: Context, { file, exists, config, defaults }: Settings): string {
  const lines = [
    `# home: ${context.paths.home} (CONDUCTOR_HOME)`,
    `# file: ${file}${exists ? "" : " (missing: all defaults)"}`,
  ];
  const usual = new Map(Object.entries(defaults));
  for (const [section, values] of Object.entries(config)) {
    lines.push(`${section}:`);
    const before = new Map<string, unknown>(Object.entries(usual.get(section) ?? {}));
    for (const [key, value] of Object.entries(values)) {
      const fallback = before.get(key);
      const note = value === fallback ? "" : `  # default: ${JSON.stringify(fallback)}`;
      lines.push(`  ${key}: ${JSON.stringify(value)}${note}`);
    }
  }
  return lines.join("\n");
}
