/** The policy in force, read again when a file changes; a broken file leaves the last good one in force. */
import { readFileSync, statSync } from "node:fs";
import { describeError } from "../../base/errors.ts";
import { type Pin, type TrustFile, trustFile } from "../../contract/trust.ts";
import {
  type Layer,
  type LayerName,
  parsePolicy,
  pinOf,
  repositoryFiles,
  toLayer,
  withOverrides,
} from "../../core/policy/index.ts";

export interface PolicyInForce {
  readonly layers: readonly Layer[];
  /** SHA-256 of each file that counts, by layer. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface PolicyFiles {
  /** For an agent of that name in that folder: with the repository's own layers, as a human trusted them. */
  inForce(where: { readonly workspace: string; readonly agent: string }): PolicyInForce;
}

/** What became of a file when it was read; `broken` says why, and then the version before stays in force. */
export interface PolicyChange {
  readonly file: string;
  /** Of the version read; of the one in force where it is broken, empty where there is none. */
  readonly hash: string;
  readonly broken: string | undefined;
}

/** A human lets a repository's file count as it is now, or count no more. */
export interface TrustChange {
  readonly file: string;
  /** Of the text that counts from now on; null where none does. */
  readonly hash: string | null;
  /** When, and by whom, where the list says so. */
  readonly at?: number | undefined;
  readonly by?: string | undefined;
}

interface Loaded {
  readonly stamp: string;
  readonly hash: string;
  readonly policy: ReturnType<typeof parsePolicy> | undefined;
}

/** What stands where no policy could ever be read: whatever an inner layer allows, it is asked about. */
function askAll(name: LayerName, reason = "The policy cannot be read"): Layer {
  const rule = { id: "unreadable-policy", match: {}, effect: "ask", reason, overridable: false };
  const task = { id: "unreadable-policy", match: {}, effect: "ask", reason } as const;
  return { name, default: "ask", rules: [{ ...rule, effect: "ask" }], tasks: [task] };
}

export function openPolicies(files: {
  readonly builtin: string;
  readonly shipped: string;
  readonly own: string;
  readonly trust: string;
  /** Told of each further version of a file, and of each broken one, once. */
  readonly onChange: (change: PolicyChange) => void;
  /** Told of each change of the list of trusted files, by the first question after it. */
  readonly onTrust?: (change: TrustChange) => void;
  /** What it was told of the list before, by file: what differs is told at once. Default: the list as it is. */
  readonly told?: Readonly<Record<string, Pick<Pin, "hash">>>;
}): PolicyFiles {
  const cache = new Map<string, Loaded>();
  const trusted = readPins(files.trust, files.onTrust ?? (() => undefined), files.told);
  const repositories = new Map<string, ReturnType<typeof repositoryFiles>>();
  // Found once: what an agent makes of its `.git` later takes no rule away.
  const filesOf = (workspace: string, agent: string) => {
    const key = `${workspace}\0${agent}`;
    const known = repositories.get(key) ?? repositoryFiles(workspace, agent, gitFile);
    repositories.set(key, known);
    return known;
  };
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
      if (builtin?.policy === undefined) layers.push(askAll("builtin"));
      else layers.push(toLayer(builtin.policy, "builtin", global?.policy?.disabled_builtins));
      layers.push(
        global?.policy === undefined ? askAll("global") : toLayer(global.policy, "global"),
      );
      const hashes: Record<string, string> = {
        builtin: builtin?.hash ?? "",
        global: global?.hash ?? "",
      };
      const pins = trusted();
      if (pins === undefined)
        layers.push(askAll("project", "The list of trusted policies cannot be read"));
      for (const [name, file] of filesOf(workspace, agent)) {
        const pin = pins?.[file];
        if (pin === undefined) continue;
        // An edit is told of; what counts is what a human read.
        load(file);
        layers.push(pin.policy === undefined ? askAll(name) : toLayer(pin.policy, name));
        hashes[hashes[name] === undefined ? name : `${name} ${file}`] = pin.hash;
      }
      return { layers: withOverrides(layers), hashes };
    },
  };
}

/** The version before stays where this one is broken. */
function read(file: string, before: Loaded | undefined) {
  try {
    const text = readFileSync(file, "utf8");
    return { hash: pinOf(text).hash, policy: parsePolicy(text, file), broken: undefined };
  } catch (error) {
    return { hash: before?.hash ?? "", policy: before?.policy, broken: describeError(error) };
  }
}

/** The text of a worktree's `.git`, which is a file; undefined where it is a folder, or not there. */
function gitFile(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? readFileSync(path, "utf8") : undefined;
}

interface Pinned extends Pick<Pin, "hash" | "at" | "by"> {
  /** Undefined where a newer version of us no longer reads it. */
  readonly policy: ReturnType<typeof parsePolicy> | undefined;
}

/** The files that a human trusts, read again when their list changes; undefined where it cannot be read. */
function readPins(
  file: string,
  tell: (change: TrustChange) => void,
  told: Readonly<Record<string, Pick<Pin, "hash">>> | undefined,
): () => Pins | undefined {
  let stamp = stampOf(file);
  let pins = stamp === undefined ? {} : parsePins(file);
  for (const change of changesOf(told ?? pins ?? {}, pins ?? told ?? {})) tell(change);
  let known = pins ?? told ?? {};
  return () => {
    const now = stampOf(file);
    if (now === stamp) return pins;
    stamp = now;
    pins = now === undefined ? {} : parsePins(file);
    if (pins === undefined) return undefined;
    for (const change of changesOf(known, pins)) tell(change);
    known = pins;
    return pins;
  };
}

type Pins = Readonly<Record<string, Pinned>>;

type Hashes = Readonly<Record<string, Pick<Pin, "hash" | "at" | "by">>>;

function changesOf(before: Hashes, after: Hashes): TrustChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((file) => before[file]?.hash !== after[file]?.hash)
    .map((file) => {
      const { hash = null, at, by } = after[file] ?? {};
      return { file, hash, at, by };
    });
}

function parsePins(file: string): Pins | undefined {
  try {
    const known: TrustFile = trustFile.parse(JSON.parse(readFileSync(file, "utf8")));
    return Object.fromEntries(Object.entries(known).map(([of, pin]) => [of, parsePin(pin, of)]));
  } catch {
    return undefined;
  }
}

function parsePin({ text, ...pin }: Pin, file: string): Pinned {
  try {
    return { ...pin, policy: parsePolicy(text, file) };
  } catch {
    return { ...pin, policy: undefined };
  }
}

/** Undefined where the file is not there. */
function stampOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.mtimeMs}:${found.size}:${found.ino}`;
}
