/** Worktrees for agents: made beside the repository, found again, never removed while they hold changes. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { ConductorError } from "../../base/errors.ts";

/**
 * The worktree `<repository>-worktrees/<name>` on branch `<name>`; made if it is not there.
 * @throws {ConductorError} `usage.invalid` outside a repository, `state.conflict` when git refuses
 */
export async function ensureWorktree(folder: string, name: string): Promise<string> {
  if (!/^[A-Za-z0-9][\w./-]*$/.test(name) || name.includes("..")) {
    throw new ConductorError("usage.invalid", `${JSON.stringify(name)} is no name for a worktree`, {
      hint: "it is a branch's name too, for example feature-cart",
    });
  }
  const repository = await topLevel(folder);
  const worktree = join(dirname(repository), `${basename(repository)}-worktrees`, name);
  if (existsSync(join(worktree, ".git"))) return worktree;
  const branches = await git(repository, ["branch", "--list", name]);
  const branch = branches.stdout.trim() === "" ? ["-b", name, worktree] : [worktree, name];
  const made = await git(repository, ["worktree", "add", ...branch]);
  if (made.exitCode === 0) return worktree;
  throw new ConductorError(
    "state.conflict",
    `git made no worktree ${name}: ${lastLine(made.stderr)}`,
    {
      hint: `look at \`git -C ${repository} worktree list\``,
    },
  );
}

async function topLevel(folder: string): Promise<string> {
  const found = await git(folder, ["rev-parse", "--show-toplevel"]);
  if (found.exitCode === 0) return found.stdout.trim();
  throw new ConductorError(
    "usage.invalid",
    `${folder} is in no git repository, so it has no worktrees`,
    {
      hint: "leave --worktree away, or run `git init` and commit once",
    },
  );
}

/** An agent may ask for a worktree, and may have written the repository's hooks: none runs here, outside its gate. */
const UNHOOKED = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"];

interface GitRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

async function git(folder: string, args: readonly string[]): Promise<GitRun> {
  const { stdout, stderr, exitCode } = await execa("git", [...UNHOOKED, "-C", folder, ...args], {
    reject: false,
    timeout: 30_000,
    env: { GIT_TERMINAL_PROMPT: "0" },
  });
  return { stdout, stderr, exitCode };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
