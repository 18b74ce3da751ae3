/** Loads profiles from folders; a later folder's file wins over an earlier one's of the same name. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConductorError } from "../../base/errors.ts";
import { type Profile, parseProfile } from "../../core/profiles/index.ts";

export interface LoadedProfiles {
  readonly profiles: ReadonlyMap<string, Profile>;
  /** Files that are broken; the others are in force all the same. */
  readonly errors: readonly ConductorError[];
}

export function loadProfiles(folders: readonly string[]): LoadedProfiles {
  const profiles = new Map<string, Profile>();
  const errors: ConductorError[] = [];
  for (const file of folders.flatMap(profileFiles)) {
    try {
      const profile = parseProfile(readFileSync(file, "utf8"), file);
      profiles.set(profile.name, profile);
    } catch (error) {
      if (!(error instanceof ConductorError)) throw error;
      errors.push(error);
    }
  }
  return { profiles, errors };
}

function profileFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .toSorted()
    .map((name) => join(folder, name));
}
