/** Providers and profiles in force, loaded again when a file changes; a broken file leaves the old one in force. */
import { type FSWatcher, watch } from "chokidar";
import { type ConductorError, describeError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { Profile } from "../../core/profiles/index.ts";
import type { ProviderDefinition } from "../../core/providers/index.ts";
import { loadProfiles } from "./profile-files.ts";
import { loadProviders } from "./provider-files.ts";

export interface CatalogFiles extends AsyncDisposable {
  providers(): ReadonlyMap<string, ProviderDefinition>;
  profiles(): ReadonlyMap<string, Profile>;
  /** What is broken now, in words that name file, line and field. */
  errors(): readonly ConductorError[];
}

export async function watchCatalog(options: {
  readonly providers: readonly string[];
  readonly profiles: readonly string[];
  readonly log: Logger;
}): Promise<CatalogFiles> {
  let providers = loadProviders(options.providers);
  let profiles = loadProfiles(options.profiles);
  const errors = (): readonly ConductorError[] => [...providers.errors, ...profiles.errors];
  const tell = (): void => {
    for (const error of errors())
      options.log.warn({ code: error.code, ...error.data }, error.message);
  };
  tell();
  const watcher: FSWatcher = watch([...options.providers, ...options.profiles], {
    ignoreInitial: true,
    depth: 0,
    // An editor that saves in several writes counts as one change.
    awaitWriteFinish: { stabilityThreshold: 50, pollInterval: 10 },
  });
  const failed = (error: unknown): void => {
    options.log.error(
      { error: describeError(error) },
      "providers and profiles were not read again",
    );
  };
  watcher.on("error", failed);
  const reload = (): void => {
    try {
      providers = loadProviders(options.providers, providers);
      profiles = loadProfiles(options.profiles);
      tell();
    } catch (error) {
      failed(error);
    }
  };
  watcher.on("all", reload);
  // What changed before the watcher stood is told by nobody.
  watcher.once("ready", reload);
  return {
    providers: () => providers.providers,
    profiles: () => profiles.profiles,
    errors,
    [Symbol.asyncDispose]: () => watcher.close(),
  };
}
