import { delimiter } from "node:path";
import type { ProviderDefinition } from "../../core/providers/index.ts";
import { bundledFolder } from "./bundled.ts";
import type { Context } from "./context.ts";
import { type Finding, ok } from "./finding.ts";
import { findBinary, output } from "./programs.ts";
import { type ProviderFile, providerFiles } from "./provider-files.ts";

export function providerFindings(context: Context): Promise<Finding[]> {
  const path = agentPath(context);
  return Promise.all(providerFiles(context).map((each) => providerFinding(each, path)));
}

async function providerFinding(
  { file, broken, definition }: ProviderFile,
  path: string,
): Promise<Finding> {
  if (definition === undefined) {
    const told = broken ?? file;
    return { state: "wrong", what: "provider", told, fix: `conductor provider test ${file}` };
  }
  const what = `provider ${definition.name}`;
  const found = findBinary(definition.command, path);
  if (found === undefined) {
    const told = `${definition.command} is not installed`;
    return { state: "note", what, told, fix: definition.install ?? null };
  }
  const version = await versionOf(definition, found);
  const newest = definition.versions.toSorted(compareVersions).at(-1);
  if (version === undefined || newest === undefined) return ok(what, found);
  if (compareVersions(version, newest) <= 0) return ok(what, `${found}, version ${version}`);
  const told = `${found}, version ${version}, is newer than ${newest}, the newest that was tested`;
  const fix =
    "none needed: what it changed is left to weaker evidence; conductor why NAME shows by what an agent is judged";
  return { state: "note", what, told, fix };
}

async function versionOf(
  { version }: Pick<ProviderDefinition, "version">,
  file: string,
): Promise<string | undefined> {
  if (version === undefined) return undefined;
  return version.match.exec((await output(file, version.args)) ?? "")?.[1];
}

/** By their numbers: 2.10 is behind 2.9. */
function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((each) => each.split(".").map(Number));
  for (const [at, number] of (left ?? []).entries()) {
    const difference = number - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Agents find our own launcher behind all that is on the PATH. */
function agentPath(context: Context): string {
  return [context.env["PATH"] ?? "", bundledFolder(context, "bin")].filter(Boolean).join(delimiter);
}
