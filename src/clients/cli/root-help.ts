import type { CommandEntry } from "./command-entry.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT_CODES } from "./exit-codes.ts";

const GROUPS: readonly { group: CommandEntry["group"]; title: string }[] = [
  { group: "daily", title: "Every day" },
  { group: "agents", title: "One agent" },
  { group: "setup", title: "Set up and look inside" },
];

export function rootHelp(): string {
  const names = Object.entries(COMMANDS);
  const width = Math.max(...names.map(([name]) => name.length)) + 2;
  const sections = GROUPS.map(({ group, title }) => {
    const lines = names
      .filter(([, entry]) => entry.group === group)
      .map(([name, entry]) => `  ${name.padEnd(width)}${entry.about}`);
    return lines.length === 0 ? "" : `${title}:\n${lines.join("\n")}\n`;
  });
  return [
    "Usage: conductor <command> [options]\n",
    "Runs AI coding-agent CLIs in tmux: launch them, watch them, talk to them,\napprove what they ask.\n",
    ...sections.filter((section) => section !== ""),
    "conductor <command> --help tells its options and examples; most take --json.\n" +
      "NO_COLOR switches colours off; CONDUCTOR_HOME is another home than ~/.conductor.\n\n" +
      `${EXIT_CODES}\n`,
  ].join("\n");
}
