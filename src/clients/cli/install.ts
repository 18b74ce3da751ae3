import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { ConductorError, describeError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import { parseProfile } from "../../core/profiles/index.ts";
import { parseProvider } from "../../core/providers/index.ts";
import { command, type JsonOption } from "./command.ts";
import type { Context } from "./context.ts";
import { present } from "./report.ts";

interface InstallOptions extends JsonOption {
  readonly force?: boolean;
}

export function build(context: Context): Command {
  return command(
    "install",
    "Check provider (.yaml) and profile (.md) files and install them for you",
    ["install my-agent.yaml", "install roles/", "install my-agent.yaml --force"],
  )
    .argument("<path>", "a file, or a folder of them")
    .option("-f, --force", "replace one of the same name")
    .action((path: string, options: InstallOptions) => {
      const plans = filesOf(resolve(context.cwd, path)).map((file) => plan(context, file));
      if (options.force !== true) refuseReplacing(plans);
      for (const each of plans) {
        mkdirSync(resolve(each.to, ".."), { recursive: true, mode: 0o700 });
        copyFileSync(each.file, each.to);
      }
      present(context, options.json, plans, () =>
        plans
          .map(({ kind, name, to }) => printableLine(`installed ${kind} ${name} as ${to}`))
          .join("\n"),
      );
    });
}

interface Plan {
  readonly kind: "provider" | "profile";
  readonly name: string;
  readonly file: string;
  readonly to: string;
}

function filesOf(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const files = readdirSync(path)
      .filter((name) => /\.(?:ya?ml|md)$/.test(name))
      .toSorted()
      .map((name) => join(path, name));
    if (files.length > 0) return files;
  } catch (error) {
    throw new ConductorError("not_found", `${path} cannot be read: ${describeError(error)}`, {
      cause: error,
    });
  }
  throw new ConductorError("usage.invalid", `${path} holds no .yaml and no .md file`);
}

/** Nothing is copied before every file was found right. */
function plan({ paths }: Context, file: string): Plan {
  const text = readFileSync(file, "utf8");
  if (/\.ya?ml$/.test(file)) {
    const { name } = parseProvider(text, file);
    return { kind: "provider", name, file, to: join(paths.providers, `${name}.yaml`) };
  }
  if (!file.endsWith(".md")) {
    throw new ConductorError("usage.invalid", `${file} is neither a provider nor a profile`, {
      hint: "a provider ends in .yaml, a profile in .md",
    });
  }
  const { name } = parseProfile(text, file);
  return { kind: "profile", name, file, to: join(paths.profiles, `${name}.md`) };
}

function refuseReplacing(plans: readonly Plan[]): void {
  const taken = plans.find(({ to }) => existsSync(to));
  if (taken === undefined) return;
  throw new ConductorError("name.taken", `there is a ${taken.kind} ${taken.name} already`, {
    hint: "conductor install --force replaces it",
  });
}
