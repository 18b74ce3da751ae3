/** The policy files that concern a folder: which count, which do not, and why. Needs no daemon. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConductorError, describeError } from "../../base/errors.ts";
import { type Pin, type TrustFile, trustFile } from "../../contract/trust.ts";
import {
  type Layer,
  type LayerName,
  type PolicyFile,
  parsePolicy,
  repositoryFiles,
  type Standing,
  standingOf,
  toLayer,
  withOverrides,
} from "../../core/policy/index.ts";
import { bundledFolder } from "./bundled.ts";
import type { Context } from "./context.ts";

export interface PolicyState {
  readonly layer: LayerName;
  readonly file: string;
  readonly state: Standing | "broken";
  /** Of a broken one: file, line, rule, and what is wrong. */
  readonly error?: string;
  /** Of a repository's file: as it was when it was trusted, where it was. */
  readonly policy?: PolicyFile;
}

interface Where {
  readonly workspace?: string | undefined;
  readonly agent?: string | undefined;
}

/** Outermost first; files that are not there, nor were trusted, are left out. */
export function policyStates(context: Context, { workspace, agent }: Where = {}): PolicyState[] {
  const shipped = bundledFolder(context, "policies");
  const { policy: own } = context.paths;
  const states = [
    stateOf("builtin", join(shipped, "builtin.yaml")),
    stateOf("global", existsSync(own) ? own : join(shipped, "default.yaml")),
  ];
  if (workspace === undefined) return states;
  const trusted = readTrust(context);
  for (const [layer, file] of repositoryFiles(resolve(workspace), agent, gitFile)) {
    const state = repositoryState(layer, file, trusted[file]);
    if (state !== undefined) states.push(state);
  }
  return states;
}

/** The text of a worktree's `.git`, which is a file. */
function gitFile(path: string): string | undefined {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, "utf8") : undefined;
}

function stateOf(layer: LayerName, file: string): PolicyState {
  return parsed({ layer, file, state: "in force" }, () => readFileSync(file, "utf8"));
}

function repositoryState(
  layer: LayerName,
  file: string,
  pin: Pin | undefined,
): PolicyState | undefined {
  const now = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  const state = standingOf(now, pin);
  if (state === undefined) return undefined;
  return parsed({ layer, file, state }, () => pin?.text ?? now ?? "");
}

function parsed(found: PolicyState, text: () => string): PolicyState {
  try {
    return { ...found, policy: parsePolicy(text(), found.file) };
  } catch (error) {
    return { ...found, state: "broken", error: describeError(error) };
  }
}

/** What to tell of a repository's file that is not in force as it stands. */
export function notInForce({ file, state }: PolicyState): string {
  const counts = state === "not trusted" ? "does not count: it is" : "counts as it was: it is";
  return `${file} ${counts} ${state}`;
}

/**
 * Built-in rules, then the global policy (the user's own, or the shipped one), then the project's and the
 * agent's where a human trusts them.
 * @throws {ConductorError} `policy.invalid`
 */
export function layersInForce(context: Context, workspace?: string, agent?: string): Layer[] {
  const states = policyStates(context, { workspace, agent });
  for (const { state, file } of states)
    if (state === "broken") parsePolicy(readFileSync(file, "utf8"), file);
  return layersOf(states);
}

export function layersOf(states: readonly PolicyState[]): Layer[] {
  const global = states.find(({ layer }) => layer === "global")?.policy;
  return withOverrides(
    states.flatMap(({ layer, state, policy }) =>
      policy === undefined || state === "not trusted"
        ? []
        : [toLayer(policy, layer, layer === "builtin" ? global?.disabled_builtins : [])],
    ),
  );
}

/** @throws {ConductorError} `policy.invalid` where the list is broken */
export function readTrust({ paths }: Context): TrustFile {
  if (!existsSync(paths.trust)) return {};
  try {
    return trustFile.parse(JSON.parse(readFileSync(paths.trust, "utf8")));
  } catch (error) {
    throw new ConductorError("policy.invalid", `${paths.trust} is not as we wrote it`, {
      hint: "everything is asked about: remove it, then `conductor policy trust` in each project",
      cause: error,
    });
  }
}
