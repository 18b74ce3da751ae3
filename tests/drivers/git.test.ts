import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureWorktree } from "../../src/drivers/process/git.ts";
import { temporaryFolder } from "../support/stores.ts";

test("a worktree is made and found again, and no hook of the repository runs for it", async () => {
  const folder = temporaryFolder();
  const repository = join(folder, "shop");
  mkdirSync(repository);
  const git = (...args: string[]) => execFileSync("git", ["-C", repository, ...args]);
  git("init", "-q");
  const who = ["-c", "user.name=me", "-c", "user.email=me@example.com"];
  git(...who, "commit", "-q", "--allow-empty", "-m", "start");
  const mark = join(folder, "ran");
  const hook = join(repository, ".git/hooks/post-checkout");
  writeFileSync(hook, `#!/bin/sh\necho hooked > '${mark}'\n`, { mode: 0o755 });
  const made = await ensureWorktree(repository, "cart");
  expect(made).toBe(join(folder, "shop-worktrees/cart"));
  expect(await ensureWorktree(repository, "cart")).toBe(made);
  expect(existsSync(mark)).toBe(false);
  git("worktree", "add", "-q", join(folder, "by-hand"));
  expect(existsSync(mark)).toBe(true);
});
