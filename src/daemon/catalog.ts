/** Providers and profiles as they are in force: shipped ones, with the user's own over them. */
import { ConductorError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import type { Profile } from "../core/profiles/index.ts";
import type { ProviderDefinition } from "../core/providers/index.ts";

export interface CatalogSources {
  /** By name and alias; replaced whole when a file changes. */
  readonly providers: () => ReadonlyMap<string, ProviderDefinition>;
  readonly profiles: () => ReadonlyMap<string, Profile>;
}

export interface Catalog {
  providers(): ProviderDefinition[];
  /** @throws {ConductorError} `not_found` */
  provider(name: string): ProviderDefinition;
  profiles(): Profile[];
  /** @throws {ConductorError} `not_found` */
  profile(name: string): Profile;
}

export function createCatalog(sources: CatalogSources): Catalog {
  return {
    providers: () => [...new Set(sources.providers().values())],
    provider: (name) => known(sources.providers(), name, "provider"),
    profiles: () => [...sources.profiles().values()],
    profile: (name) => known(sources.profiles(), name, "profile"),
  };
}

function known<T extends { readonly name: string }>(
  all: ReadonlyMap<string, T>,
  name: string,
  kind: string,
): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  throw new ConductorError("not_found", `no ${kind} is called ${name}`, {
    hint: didYouMean(name, [...all.keys()]) + listed([...all.values()]),
  });
}

/** Aliases are for typing, not for reading. */
function listed(all: readonly { readonly name: string }[]): string {
  return `known: ${[...new Set(all.map(({ name }) => name))].toSorted().join(", ")}`;
}
