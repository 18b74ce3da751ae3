/** The policy in force, read again when a file changes; a broken file leaves the last good one in force. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../../base/errors.ts";
import { type TrustFile, trustFile } from "../../contract/trust.ts";
import {
  type Layer,
  type LayerName,
  parsePolicy,
  toLayer,
  withOverrides,
} from "../../core/policy/index.ts";

export interface PolicyInForce {
  readonly layers: readonly Layer[];
  /** SHA-256 of each file that counts, by layer. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface PolicyFiles {
  /** For an agent of that name in that folder: with the repository's own layers, where a human trusts them. */
  inForce(where: { readonly workspace: string; readonly agent: string }): PolicyInForce;
}

/** What became of a file when it was read; `broken` says why, and then the version before stays in force. */
export interface PolicyChange {
  readonly file: string;
  /** Of the version in force; empty where there is none. */
  readonly hash: string;
  readonly broken: string | undefined;
}

interface Loaded {
  readonly stamp: string;
  readonly hash: string;
  readonly policy: ReturnType<typeof parsePolicy> | undefined;
}

/** What stands where no policy could ever be read: whatever an inner layer allows, it is asked about. */
const ASK_ALL: Layer = {
  name: "global",
  default: "ask",
  rules: [
    {
      id: "unreadable-policy",
      match: {},
      effect: "ask",
      reason: "The policy cannot be read",
      overridable: false,
    },
  ],
};

export function openPolicies(files: {
  readonly builtin: string;
  readonly shipped: string;
  readonly own: string;
  readonly trust: string;
  /** Told of each further version of a file, and of each broken one, once. */
  readonly onChange: (change: PolicyChange) => void;
}): PolicyFiles {
  const cache = new Map<string, Loaded>();
  const load = (file: string): Loaded | undefined => {
    const stamp = stampOf(file);
    if (stamp === undefined) return undefined;
    const known = cache.get(file);
    if (known?.stamp === stamp) return known;
    const { broken, ...loaded } = { ...read(file, known), stamp };
    cache.set(file, loaded);
    if (known !== undefined || broken !== undefined)
      files.onChange({ file, hash: loaded.hash, broken });
    return loaded;
  };
  return {
    inForce: ({ workspace, agent }) => {
      const builtin = load(files.builtin);
      const global = load(files.own) ?? load(files.shipped);
      const layers: Layer[] = [];
      if (builtin?.policy === undefined) layers.push({ ...ASK_ALL, name: "builtin" });
      else layers.push(toLayer(builtin.policy, "builtin", global?.policy?.disabled_builtins));
      layers.push(global?.policy === undefined ? ASK_ALL : toLayer(global.policy, "global"));
      const hashes: Record<string, string> = {
        builtin: builtin?.hash ?? "",
        global: global?.hash ?? "",
      };
      for (const [name, file] of repositoryFiles(workspace, agent)) {
        const found = load(file);
        if (found?.policy === undefined || readTrust(files.trust)[file] !== found.hash) continue;
        layers.push(toLayer(found.policy, name));
        hashes[name] = found.hash;
      }
      return { layers: withOverrides(layers), hashes };
    },
  };
}

/** The version before stays where this one is broken. */
function read(file: string, before: Loaded | undefined) {
  try {
    const text = readFileSync(file, "utf8");
    const hash = createHash("sha256").update(text).digest("hex");
    return { hash, policy: parsePolicy(text, file), broken: undefined };
  } catch (error) {
    return { hash: before?.hash ?? "", policy: before?.policy, broken: describeError(error) };
  }
}

function repositoryFiles(
  workspace: string,
  agent: string,
): readonly (readonly [LayerName, string])[] {
  return [
    ["project", join(workspace, ".ai/policy.yaml")],
    ["agent", join(workspace, ".ai/agents", `${agent}.yaml`)],
  ];
}

/** Nothing is trusted where the file cannot be read. */
function readTrust(file: string): TrustFile {
  try {
    return trustFile.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}

/** Undefined where the file is not there. */
function stampOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.mtimeMs}:${found.size}:${found.ino}`;
}
