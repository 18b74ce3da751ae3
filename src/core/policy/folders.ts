/** Where an agent's policy files stand: a worktree or a folder inside is no way out of its project's rules. */
import { dirname, resolve } from "node:path";
import type { LayerName } from "./decide.ts";

/**
 * The repository files that concern an agent, outermost first.
 * @param gitFile  the text of a worktree's `.git`; undefined where there is none, or a folder
 */
export function repositoryFiles(
  workspace: string,
  agent: string | undefined,
  gitFile: (path: string) => string | undefined,
): readonly (readonly [LayerName, string])[] {
  return policyFolders(workspace, gitFile).flatMap((folder): (readonly [LayerName, string])[] => [
    ["project", resolve(folder, ".ai/policy.yaml")],
    ...(agent === undefined
      ? []
      : [["agent", resolve(folder, ".ai/agents", `${agent}.yaml`)] as const]),
  ]);
}

/** The folder, those above it, and the repository that a git worktree belongs to. */
function policyFolders(
  workspace: string,
  gitFile: (path: string) => string | undefined,
): readonly string[] {
  const above = withParents(workspace);
  const repositories = above.flatMap((folder) => {
    const target = /^gitdir: (.+)$/m.exec(gitFile(resolve(folder, ".git")) ?? "")?.[1];
    const at = target === undefined ? null : /^(.+)\/\.git\/worktrees\/[^/]+$/.exec(target);
    return at?.[1] === undefined ? [] : [resolve(folder, at[1])];
  });
  return [...new Set([...repositories, ...above.toReversed()])];
}

function withParents(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}
