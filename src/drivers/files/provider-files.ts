/** Loads provider definitions from folders; a later folder's file wins over an earlier one's of the same name. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConductorError, describeError } from "../../base/errors.ts";
import { type ProviderDefinition, parseProvider } from "../../core/providers/index.ts";

interface Parsed {
  readonly text: string;
  readonly definition: ProviderDefinition;
}

export interface LoadedProviders {
  /** By name and alias. */
  readonly providers: ReadonlyMap<string, ProviderDefinition>;
  /** Where each stands, by name. */
  readonly files: ReadonlyMap<string, string>;
  /** What was made of each file that is right. */
  readonly parsed: ReadonlyMap<string, Parsed>;
  /** Files that are broken; what they held before stays in force, and so do the others. */
  readonly errors: readonly ConductorError[];
}

/**
 * @param before  what was in force: a file that is broken now keeps its former definition, and one that has
 *   not changed is not parsed again
 */
export function loadProviders(
  folders: readonly string[],
  before?: LoadedProviders,
): LoadedProviders {
  const byName = new Map<string, ProviderDefinition>();
  const files = new Map<string, string>();
  const parsed = new Map<string, Parsed>();
  const errors: ConductorError[] = [];
  for (const file of folders.flatMap(providerFiles)) {
    const now = read(file, errors, before?.parsed.get(file));
    if (now !== undefined) parsed.set(file, now);
    const definition = now?.definition ?? former(file, before);
    if (definition === undefined) continue;
    byName.set(definition.name, definition);
    files.set(definition.name, file);
  }
  return { providers: withAliases(byName), files, parsed, errors };
}

function read(
  file: string,
  errors: ConductorError[],
  before: Parsed | undefined,
): Parsed | undefined {
  try {
    const text = readFileSync(file, "utf8");
    return before?.text === text ? before : { text, definition: parseProvider(text, file) };
  } catch (error) {
    errors.push(error instanceof ConductorError ? error : unreadable(file, error));
    return undefined;
  }
}

function unreadable(file: string, cause: unknown): ConductorError {
  const message = `${file} cannot be read: ${describeError(cause)}`;
  return new ConductorError("provider.invalid", message, { cause, data: { file } });
}

function former(file: string, before: LoadedProviders | undefined): ProviderDefinition | undefined {
  for (const [name, path] of before?.files ?? []) {
    if (path === file) return before?.providers.get(name);
  }
  return undefined;
}

/** A name always wins over another one's alias. */
function withAliases(
  byName: ReadonlyMap<string, ProviderDefinition>,
): ReadonlyMap<string, ProviderDefinition> {
  const all = new Map(byName);
  for (const definition of byName.values()) {
    for (const alias of definition.aliases) if (!all.has(alias)) all.set(alias, definition);
  }
  return all;
}

function providerFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}
