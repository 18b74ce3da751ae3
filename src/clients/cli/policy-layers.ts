/** The policy files that concern a folder: which count, which do not, and why. Needs no daemon. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../../base/errors.ts";
import { trustFile } from "../../contract/trust.ts";
import {
  type Layer,
  type LayerName,
  type PolicyFile,
  parsePolicy,
  toLayer,
  withOverrides,
} from "../../core/policy/index.ts";
import { bundledFolder } from "./bundled.ts";
import type { Context } from "./context.ts";

export interface PolicyState {
  readonly layer: LayerName;
  readonly file: string;
  readonly state: "in force" | "not trusted" | "changed since it was trusted" | "broken";
  /** Of a broken one: file, line, rule, and what is wrong. */
  readonly error?: string;
  readonly policy?: PolicyFile;
}

interface Where {
  readonly workspace?: string | undefined;
  readonly agent?: string | undefined;
}

/** Outermost first; files that are not there are left out. */
export function policyStates(context: Context, { workspace, agent }: Where = {}): PolicyState[] {
  const shipped = bundledFolder(context, "policies");
  const { policy: own } = context.paths;
  const states = [
    stateOf("builtin", join(shipped, "builtin.yaml")),
    stateOf("global", existsSync(own) ? own : join(shipped, "default.yaml")),
  ];
  if (workspace === undefined) return states;
  const trusted = readTrust(context);
  const repository: (readonly [LayerName, string])[] = [
    ["project", join(workspace, ".ai/policy.yaml")],
    ...(agent === undefined
      ? []
      : [["agent", join(workspace, ".ai/agents", `${agent}.yaml`)] as const]),
  ];
  for (const [layer, file] of repository)
    if (existsSync(file)) states.push(stateOf(layer, file, { hash: trusted[file] }));
  return states;
}

function stateOf(
  layer: LayerName,
  file: string,
  trusted?: { readonly hash: string | undefined },
): PolicyState {
  try {
    const text = readFileSync(file, "utf8");
    const policy = parsePolicy(text, file);
    const isTrusted =
      trusted === undefined || trusted.hash === createHash("sha256").update(text).digest("hex");
    if (isTrusted) return { layer, file, state: "in force", policy };
    const state = trusted.hash === undefined ? "not trusted" : "changed since it was trusted";
    return { layer, file, state, policy };
  } catch (error) {
    return { layer, file, state: "broken", error: describeError(error) };
  }
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
      state === "in force" && policy !== undefined
        ? [toLayer(policy, layer, layer === "builtin" ? global?.disabled_builtins : [])]
        : [],
    ),
  );
}

function readTrust({ paths }: Context): Readonly<Record<string, string>> {
  if (!existsSync(paths.trust)) return {};
  return trustFile.parse(JSON.parse(readFileSync(paths.trust, "utf8")));
}
