import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ConductorError, describeError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import { type ProviderDefinition, parseProvider } from "../../core/providers/index.ts";
import { bundledFolder } from "./bundled.ts";
import type { Context } from "./context.ts";

export interface ProviderFile {
  readonly file: string;
  readonly isOwn: boolean;
  /** What is wrong with it, where it cannot be used. */
  readonly broken: string | undefined;
  readonly definition: ProviderDefinition | undefined;
}

/** Every provider file, the shipped ones first; a user's own of the same name wins. */
export function providerFiles(context: Context): ProviderFile[] {
  return [
    ...filesIn(bundledFolder(context, "providers"), false),
    ...filesIn(context.paths.providers, true),
  ];
}

function filesIn(folder: string, isOwn: boolean): ProviderFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => readProvider(join(folder, name), isOwn));
}

function readProvider(file: string, isOwn: boolean): ProviderFile {
  try {
    const definition = parseProvider(readFileSync(file, "utf8"), file);
    return { file, isOwn, broken: undefined, definition };
  } catch (error) {
    return { file, isOwn, broken: describeError(error), definition: undefined };
  }
}

/** The file in force for a name or an alias. */
export function findProvider(files: readonly ProviderFile[], name: string): ProviderFile {
  const found = files.findLast(
    ({ definition }) => definition?.name === name || definition?.aliases.includes(name),
  );
  if (found !== undefined) return found;
  const broken = files.findLast(({ file }) => basename(file).replace(/\.ya?ml$/, "") === name);
  if (broken?.broken !== undefined) {
    throw new ConductorError("provider.invalid", broken.broken, {
      hint: `conductor provider test ${broken.file}`,
    });
  }
  const known = files.flatMap(({ definition }) =>
    definition === undefined ? [] : definition.name,
  );
  throw new ConductorError("not_found", `no provider is called ${name}`, {
    hint: `${didYouMean(name, known)}known: ${[...new Set(known)].toSorted().join(", ")}`,
  });
}
