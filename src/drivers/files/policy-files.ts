/** The policy in force, read again when a file changes; a broken file leaves the last good one in force. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ConductorError, describeError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { type TrustFile, trustFile } from "../../contract/trust.ts";
import { type Layer, type LayerName, parsePolicy, toLayer } from "../../core/policy/index.ts";

export interface PolicyInForce {
  readonly layers: readonly Layer[];
  /** SHA-256 of each file that counts, by layer. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface PolicyFiles {
  /** For an agent of that name in that folder: with the repository's own layers, where a human trusts them. */
  inForce(where: { readonly workspace: string; readonly agent: string }): PolicyInForce;
}

interface Loaded {
  readonly stamp: string;
  readonly hash: string;
  readonly policy: ReturnType<typeof parsePolicy> | undefined;
}

/** Asks for everything: what stands where no policy could ever be read. */
const ASK_ALL: Layer = { name: "global", default: "ask", rules: [] };

export function openPolicies(files: {
  readonly builtin: string;
  readonly shipped: string;
  readonly own: string;
  readonly trust: string;
  readonly log: Logger;
}): PolicyFiles {
  const cache = new Map<string, Loaded>();
  const load = (file: string): Loaded | undefined => {
    const stamp = stampOf(file);
    if (stamp === undefined) return undefined;
    const known = cache.get(file);
    if (known?.stamp === stamp) return known;
    const loaded = { ...read(file, known), stamp };
    cache.set(file, loaded);
    return loaded;
  };
  const read = (file: string, before: Loaded | undefined): Omit<Loaded, "stamp"> => {
    try {
      const text = readFileSync(file, "utf8");
      const hash = createHash("sha256").update(text).digest("hex");
      return { hash, policy: parsePolicy(text, file) };
    } catch (error) {
      const data = error instanceof ConductorError ? error.data : {};
      files.log.error({ ...data }, `the policy is not read again: ${describeError(error)}`);
      return { hash: before?.hash ?? "", policy: before?.policy };
    }
  };
  return {
    inForce: ({ workspace, agent }) => {
      const builtin = load(files.builtin);
      const global = load(files.own) ?? load(files.shipped);
      const layers: Layer[] = [];
      if (builtin?.policy !== undefined)
        layers.push(toLayer(builtin.policy, "builtin", global?.policy?.disabled_builtins));
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
      return { layers, hashes };
    },
  };
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
