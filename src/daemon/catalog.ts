/** Providers and profiles as they are in force: shipped ones, with the user's own over them. */
import { parse } from "node:path";
import { ConductorError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import type { Profile } from "../core/profiles/index.ts";
import { type ProviderDefinition, parseProvider } from "../core/providers/index.ts";

export interface CatalogSources {
  /** By name and alias; replaced whole when a file changes. */
  readonly providers: () => ReadonlyMap<string, ProviderDefinition>;
  readonly profiles: () => ReadonlyMap<string, Profile>;
  /** What is wrong with files that are not in force. */
  readonly errors: () => readonly ConductorError[];
}

export interface Catalog {
  providers(): ProviderDefinition[];
  /** @throws {ConductorError} `not_found`; `provider.invalid` where its file is broken */
  provider(name: string): ProviderDefinition;
  /** How to treat an agent that runs: where its provider is gone or broken nothing is known, and nothing typed. */
  running(name: string): ProviderDefinition;
  profiles(): Profile[];
  /** @throws {ConductorError} `not_found`; `profile.invalid` where its file is broken */
  profile(name: string): Profile;
}

const BLIND = parseProvider(
  `name: unknown
displayName: Unknown
verified: false
command: unknown
foreground: [unknown]
exit: { keys: [C-d] }`,
  "no file",
);

export function createCatalog(sources: CatalogSources): Catalog {
  return {
    providers: () => [...new Set(sources.providers().values())],
    provider: (name) => known(sources.providers(), name, { kind: "provider", ...sources }),
    running: (name) => sources.providers().get(name) ?? BLIND,
    profiles: () => [...sources.profiles().values()],
    profile: (name) => known(sources.profiles(), name, { kind: "profile", ...sources }),
  };
}

function known<T extends { readonly name: string }>(
  all: ReadonlyMap<string, T>,
  name: string,
  { kind, errors }: Pick<CatalogSources, "errors"> & { readonly kind: "provider" | "profile" },
): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  const broken = errors().find((error) => isAbout(error, kind, name));
  if (broken !== undefined) throw broken;
  throw new ConductorError("not_found", `no ${kind} is called ${name}`, {
    hint: didYouMean(name, [...all.keys()]) + listed([...all.values()]),
  });
}

/** A file that cannot be read names nothing: its own name says which one it is. */
function isAbout(error: ConductorError, kind: "provider" | "profile", name: string): boolean {
  const { file } = error.data;
  const stem = typeof file === "string" ? parse(file).name : undefined;
  return error.code === `${kind}.invalid` && stem === name;
}

/** Aliases are for typing, not for reading. */
function listed(all: readonly { readonly name: string }[]): string {
  return `known: ${[...new Set(all.map(({ name }) => name))].toSorted().join(", ")}`;
}
