/** What the machine has for a sandbox: what stands where, where git looks, and whether bubblewrap works. */
import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { execa } from "execa";
import { ConductorError } from "../../base/errors.ts";
import { type Kind, SANDBOX_PROBE, type SandboxFacts } from "../../core/sandbox/index.ts";

export function kindOf(path: string): Kind {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "absent";
  if (found.isSymbolicLink()) return "link";
  if (found.isDirectory()) return "folder";
  return found.isFile() ? "file" : "other";
}

export function listOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // What cannot be read is not shown either.
    return [];
  }
}

/** The path itself where nothing is there. */
export function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Where the `.git` of a worktree or a submodule leads; of other folders undefined. */
export function gitOf(workspace: string): SandboxFacts["git"] {
  const file = join(workspace, ".git");
  if (kindOf(file) !== "file") return undefined;
  const to = /^gitdir: (.+)$/m.exec(read(file))?.[1];
  if (to === undefined) return undefined;
  const own = realOf(resolve(workspace, to));
  const common = read(join(own, "commondir")).trim();
  return { own, common: common === "" ? own : realOf(resolve(own, common)) };
}

/** Files and folders that git's configuration for this workspace names for it to read or run. */
export function namedByGit(workspace: string): string[] {
  const git = gitOf(workspace);
  const folder = git?.common ?? join(workspace, ".git");
  const named = read(join(folder, "config")).matchAll(
    /^\s*(?:hookspath|path|fsmonitor|attributesfile)\s*=\s*"?([^"\n;#]+?)"?\s*$/gim,
  );
  return [...named]
    .flatMap(([, path = ""]) => [resolve(workspace, path), resolve(folder, path)])
    .filter((path) => kindOf(path) !== "absent" && path !== workspace);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Folders of a PATH; of a package's own programs, those they lead to are beside them. */
export function programFolders(path: string): string[] {
  return path
    .split(":")
    .filter(isAbsolute)
    .map((folder) =>
      basename(folder) === ".bin" && basename(dirname(folder)) === "node_modules"
        ? dirname(folder)
        : folder,
    )
    .map(realOf);
}

const PROBE_MS = 10_000;
/** @throws {ConductorError} `sandbox.unavailable`, with what to do */
export async function probeSandbox(): Promise<void> {
  if (process.platform !== "linux") {
    throw unavailable("there is no sandbox for this system", "it needs Linux and bubblewrap");
  }
  const [file = "", ...words] = SANDBOX_PROBE;
  const { failed, code, stderr } = await execa(file, words, {
    reject: false,
    timeout: PROBE_MS,
    stdin: "ignore",
  });
  if (!failed) return;
  if (code === "ENOENT") {
    throw unavailable("bubblewrap is not installed", "apt-get install bubblewrap");
  }
  const said = stderr.trim().split("\n").at(-1) ?? "";
  throw unavailable(
    `bubblewrap cannot make a sandbox here: ${said}`,
    "user namespaces may be switched off: sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces",
  );
}

function unavailable(why: string, how: string): ConductorError {
  return new ConductorError(
    "sandbox.unavailable",
    `the gate level contain is not to be had: ${why}`,
    {
      hint: `${how}; or launch with --gate guard`,
    },
  );
}
