/** A CLI's folder in the home, stood in for by one of a single terminal: see `mirror` of the provider files. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Mirror } from "../../core/providers/index.ts";

type Settings = Readonly<Record<string, unknown>>;

/** Links to all that stands there, and to what the CLI may put there later; the settings are another's to write. */
export function mirror(
  home: string,
  folder: string,
  { folder: name, file, ...made }: Mirror,
): void {
  const from = join(home, name);
  const to = join(folder, name);
  for (const each of made.folders) mkdirSync(join(from, each), { recursive: true });
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const each of new Set([...readdirSync(from), ...made.folders, ...made.files])) {
    if (each === file || isThere(join(to, each))) continue;
    symlinkSync(join(from, each), join(to, each));
  }
  rmSync(join(to, file), { force: true });
}

/** A person's own or the system's, comments and all; empty where there are none, or none that can be read. */
export function settingsIn(file: string): Settings {
  try {
    const text = readFileSync(file, "utf8");
    const parsed: unknown = JSON.parse(text.replaceAll(COMMENTS, "$<text>"));
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** A text is kept: what looks like a comment in it is none. */
const COMMENTS = /(?<text>"(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isRecord(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
