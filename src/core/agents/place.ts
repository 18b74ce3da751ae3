/** Whether a folder belongs to a project: it is in it, or in a worktree that was made beside it. */
export function isInProject(folder: string, project: string): boolean {
  return [project, `${project}-worktrees`].some(
    (root) => folder === root || folder.startsWith(`${root}/`),
  );
}
