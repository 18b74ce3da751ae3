/** Loads profiles from folders; a later folder's file wins over an earlier one's of the same name. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConductorError, describeError } from "../../base/errors.ts";
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
      errors.push(error instanceof ConductorError ? error : unreadable(file, error));
    }
  }
  return { profiles, errors };
}

function unreadable(file: string, cause: unknown): ConductorError {
  const message = `${file} cannot be read: ${describeError(cause)}`;
  return new ConductorError("profile.invalid", message, { cause, data: { file } });
}

function profileFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .toSorted()
    .map((name) => join(folder, name));
}
