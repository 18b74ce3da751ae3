import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { ConductorError, describeError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import { printable, printableLine } from "../../base/printable.ts";
import { type Profile, parseProfile } from "../../core/profiles/index.ts";
import { bundledFolder } from "./bundled.ts";
import { bare, command, type JsonOption } from "./command.ts";
import { type Context, tableLook } from "./context.ts";
import { present } from "./report.ts";
import { table } from "./table.ts";

export function build(context: Context): Command {
  return bare("profile", "The roles an agent can be given, each one Markdown file", [
    "profile list",
    "profile show developer",
  ])
    .addCommand(listCommand(context))
    .addCommand(showCommand(context));
}

interface ProfileFile {
  readonly file: string;
  readonly isOwn: boolean;
  readonly broken: string | undefined;
  readonly profile: Profile | undefined;
}

function listCommand(context: Context): Command {
  return command("list", "List them, your own last", ["profile list"]).action(
    async (options: JsonOption) => {
      const files = profileFiles(context);
      const look = tableLook(context.env, context.stdout);
      const head = ["NAME", "PROVIDER", "FILE", "DESCRIPTION"];
      const text = await table([head, ...files.map(row)], { ...look, cut: [[3], [2]] });
      present(context, options.json, files.map(summary), () => text);
    },
  );
}

function showCommand(context: Context): Command {
  return command("show", "Print the file in force for a name", ["profile show reviewer"])
    .argument("<name>", "a profile's name")
    .action((name: string, options: JsonOption) => {
      const files = profileFiles(context);
      const found = files.findLast(({ profile }) => profile?.name === name);
      if (found === undefined) {
        const known = files.flatMap(({ profile }) => (profile === undefined ? [] : profile.name));
        throw new ConductorError("not_found", `no profile is called ${name}`, {
          hint: `${didYouMean(name, known)}known: ${[...new Set(known)].toSorted().join(", ")}`,
        });
      }
      const text = readFileSync(found.file, "utf8");
      present(context, options.json, { ...summary(found), text }, () => printable(text));
    });
}

function row({ file, isOwn, broken, profile }: ProfileFile): string[] {
  if (profile === undefined) return ["(broken)", "-", "-", printableLine(broken ?? file)];
  const { name, provider = "-", description } = profile;
  return [name, provider, isOwn ? file : "shipped", description].map(printableLine);
}

function summary({ file, isOwn, broken, profile }: ProfileFile): Record<string, unknown> {
  return profile === undefined ? { file, own: isOwn, broken } : { ...profile, file, own: isOwn };
}

export function profileFiles(context: Context): ProfileFile[] {
  return [
    ...filesIn(bundledFolder(context, "profiles"), false),
    ...filesIn(context.paths.profiles, true),
  ];
}

function filesIn(folder: string, isOwn: boolean): ProfileFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .toSorted()
    .map((name) => {
      const file = join(folder, name);
      try {
        const profile = parseProfile(readFileSync(file, "utf8"), file);
        return { file, isOwn, broken: undefined, profile };
      } catch (error) {
        return { file, isOwn, broken: describeError(error), profile: undefined };
      }
    });
}
