/** git's commands on files, branches and history: which of them lose work. */
import type { Call } from "../call.ts";
import { deleting } from "../deeds.ts";
import type { Deed } from "../facts.ts";
import { type Field, FROM_FILE, field, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { patched } from "./patches.ts";

export type Sub = (call: Call, args: readonly Field[]) => void;

export function say(call: Call, deed: Deed, note: string): void {
  call.report(deed, note);
}

/** Commands on files, branches and history of this repository. */
export const ON_WORK: Readonly<Record<string, Sub>> = {
  reset: (call, args) => {
    const read = readOptions(args);
    if (read.has("--hard", "--merge", "--keep"))
      say(call, "git-discard", "git reset --hard throws changes away");
  },
  clean: (call, args) => {
    const read = readOptions(args, { valued: ["-e", "--exclude"] });
    if (read.has("-n", "--dry-run") || read.has("-i", "--interactive"))
      say(call, "read", "git clean only shows");
    else say(call, "git-discard", "git clean deletes files that git does not keep");
    for (const path of [...read.operands, field(".")]) {
      const to = call.target(path);
      if (to.area === "outside" || to.area === "system")
        tell(call, deleting(to, { recursive: true }));
    }
  },
  checkout,
  restore: (call, args) => {
    const read = readOptions(args, { valued: ["-s", "--source", "--pathspec-from-file"] });
    for (const path of read.operands) guarded(call, path);
    if (!read.has("-S", "--staged") || read.has("-W", "--worktree"))
      say(call, "git-discard", "git restore throws changes away");
  },
  switch: (call, args) => {
    const read = readOptions(args, {
      valued: ["-c", "-C", "--create", "--force-create", "--orphan"],
    });
    if (read.has("-f", "--force", "--discard-changes"))
      say(call, "git-discard", "git switch throws changes away");
    if (read.has("-C", "--force-create")) say(call, "git-discard", "moves a branch that exists");
  },
  stash: (call, args) => {
    for (const path of readOptions(args.slice(1), { valued: ["-m", "--message"] }).operands)
      guarded(call, path);
    if (/^(drop|clear)$/.test(wordAt(args, 0)))
      say(call, "git-discard", `git stash ${wordAt(args, 0)} forgets stashed work`);
  },
  branch: (call, args) => {
    const read = readOptions(args, {
      valued: [
        "-u",
        "--set-upstream-to",
        "--sort",
        "--format",
        "--contains",
        "--merged",
        "--no-merged",
        "--points-at",
      ],
    });
    const force =
      read.has("-D", "-M", "-C") || (read.has("-f", "--force") && read.operands.length > 0);
    if (force) say(call, "git-discard", "a branch is deleted or moved by force");
  },
  tag: (call, args) => {
    const read = readOptions(args, { valued: ["-m", "-F", "-u", "--sort", "--format"] });
    if (read.has("-d", "--delete")) say(call, "git-discard", "deletes a tag");
    else if (read.has("-f", "--force")) say(call, "git-rewrite", "moves a tag");
  },
  rm: (call, args) => {
    const read = readOptions(args);
    for (const path of read.operands) guarded(call, path);
    if (read.has("--cached") || read.has("-n", "--dry-run")) return;
    for (const path of read.operands)
      tell(call, deleting(call.target(path), { recursive: read.has("-r") }));
  },
  mv: (call, args) => {
    for (const path of readOptions(args).operands) guarded(call, path);
  },
  commit: (call, args) => {
    const read = readOptions(args, {
      valued: [
        "-m",
        "-F",
        "-C",
        "-c",
        "-t",
        "--message",
        "--file",
        "--author",
        "--date",
        "--fixup",
        "--squash",
        "--trailer",
      ],
    });
    if (read.has("-n", "--no-verify")) say(call, "run-hook", "skips the repository's own checks");
    if (call.scope.made.files.has("git-index:secret"))
      call.scope.made.files.set("git-commit:secret", FROM_FILE);
  },
  merge: (call, args) => {
    if (args.some((arg) => arg.text === "--no-verify"))
      say(call, "run-hook", "skips the repository's own checks");
  },
  rebase: (call, args) => {
    if (args.some((arg) => arg.text === "--no-verify"))
      say(call, "run-hook", "skips the repository's own checks");
  },
  add: (call, args) => {
    for (const path of readOptions(args).operands) {
      const to = call.target(path);
      if (!to.secret) continue;
      call.scope.made.files.set("git-index:secret", FROM_FILE);
      call.report("read-secret", `puts ${to.path} into the repository`, to.path);
      if (call.scope.made.files.has("git-pushed")) call.report("send-secret", "pushes credentials");
    }
  },
  worktree: (call, args) => {
    const read = readOptions(args.slice(1));
    if (args[0]?.text === "remove" && read.has("-f", "--force"))
      say(call, "git-discard", "removes a working tree with its changes");
    if (args[0]?.text === "list" || read.has("-n", "--dry-run"))
      say(call, "read", "lists working trees");
  },
  "checkout-index": (call, args) => {
    if (readOptions(args).has("-f", "--force")) say(call, "git-discard", "overwrites files");
  },
  "read-tree": (call, args) => {
    if (readOptions(args).has("--reset", "-u")) say(call, "git-discard", "overwrites files");
  },
  submodule: (call, args) => {
    const read = readOptions(args.slice(1));
    if (args[0]?.text === "deinit" && read.has("-f", "--force"))
      say(call, "git-discard", "removes a submodule with its changes");
  },
  apply: (call, args) => {
    patched(call, readOptions(args, { valued: ["-p", "-C", "--directory", "--include"] }).operands);
    if (args.some((arg) => /^(--check|--stat|--summary|--numstat)$/.test(arg.text)))
      say(call, "read", "only checks a patch");
  },
  am: (call, args) => patched(call, readOptions(args).operands),
};

function guarded(call: Call, path: Field): void {
  const to = call.target(path);
  if (to.guarded) call.report("guard-tamper", `changes ${to.path}`, to.path);
}

export function checkout(call: Call, args: readonly Field[]): void {
  const read = readOptions(args, {
    valued: ["-b", "-B", "--orphan", "--conflict", "--pathspec-from-file"],
  });
  const dashes = args.findIndex((arg) => arg.text === "--");
  const paths =
    dashes >= 0
      ? args.slice(dashes + 1)
      : read.operands.filter((arg) => arg.text === "." || arg.text.startsWith("./") || arg.glob);
  for (const path of read.operands) guarded(call, path);
  if (read.has("-f", "--force", "-B"))
    call.report("git-discard", "git checkout throws changes away");
  else if (paths.length > 0 && !read.has("-b"))
    call.report("git-discard", "git checkout overwrites files");
  else if (read.operands.length > 1 && !read.has("-b", "--track", "-t", "--orphan"))
    call.report("git-discard", "git checkout overwrites files");
}
