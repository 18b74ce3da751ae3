/** git: which of its commands lose work, rewrite what others have, or run another program. */
import type { Call, Judge } from "../call.ts";
import { type Field, FROM_FILE, field, isKnown, literal, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { listOf } from "./finders.ts";
import { ON_OTHERS, secretsIn } from "./git-others.ts";
import { runsPrograms } from "./git-programs.ts";
import { judgeSetting } from "./git-settings.ts";
import { ON_WORK } from "./git-work.ts";

export const git = new Map<string, Judge>([
  ["git", judgeGit],
  ["hub", judgeGit],
]);

const GLOBAL = [
  "-C",
  "-c",
  "--git-dir",
  "--work-tree",
  "--namespace",
  "--exec-path",
  "--config-env",
  "--super-prefix",
];

function judgeGit(call: Call): Stream {
  const read = readOptions(call.args, { leading: true, valued: GLOBAL });
  const scope = call.scope.fork();
  for (const folder of read.values("-C", "--work-tree"))
    scope.cwd = call.target(folder).path || undefined;
  for (const setting of read.values("-c", "--config-env")) judgeSetting(call, setting);
  const path = read.value("--exec-path");
  if (path !== undefined) call.report("run-hook", "git finds its commands elsewhere");
  const [sub, ...args] = read.operands;
  if (sub === undefined) {
    call.report("read", "git tells about itself");
    return UNKNOWN;
  }
  if (!isKnown(sub)) {
    call.report("run-unresolved", "which git command is known only when it runs");
    return UNKNOWN;
  }
  if (args.some((arg) => arg.text === "--help" || (arg.text === "-h" && args.length === 1))) {
    call.report("read", "git tells about itself");
    return UNKNOWN;
  }
  const stream = judgeSub({ ...call, scope }, sub.text, args);
  // Names are printed as they are called in that folder.
  return read.has("-C", "--work-tree") && stream.text !== undefined ? FROM_FILE : stream;
}

const READS = new Set(
  `status log diff show blame annotate shortlog describe rev-parse rev-list ls-files ls-tree ls-remote cat-file name-rev merge-base
  for-each-ref show-ref show-branch whatchanged grep count-objects fsck verify-commit verify-tag verify-pack check-ignore check-attr
  check-ref-format check-mailmap cherry diff-tree diff-index diff-files range-diff merge-tree help version var archive bundle
  request-pull format-patch interpret-trailers stripspace column get-tar-commit-id patch-id instaweb rev-list bugreport diagnose difftool
  symbolic-ref_ fmt-merge-msg ls merge-file show-index unpack-file hash-object write-tree mktree`.split(
    /\s+/,
  ),
);

const LOCAL = new Set(
  `add commit merge rebase cherry-pick revert am apply mv init clone fetch pull notes bisect stage tag branch switch stash
  sparse-checkout maintenance worktree submodule remote rerere mergetool citool gui lfs flow absorb blame-ignore
  multi-pack-index pack-refs commit-graph commit-tree read-tree update-index checkout-index repack prune-packed config
  credential gc reset restore checkout clean rm push reflog update-ref filter-branch filter-repo replace prune symbolic-ref
  send-email svn p4 subtree quiltimport daemon shell hook`.split(/\s+/),
);

const ABBREVIATED: Readonly<Record<string, string>> = {
  st: "status",
  co: "checkout",
  ci: "commit",
  br: "branch",
};

function judgeSub(call: Call, sub: string, args: readonly Field[]): Stream {
  const name = ABBREVIATED[sub] ?? sub;
  runsPrograms(call, name, args);
  const judge = ON_WORK[name] ?? ON_OTHERS[name];
  if (judge !== undefined) {
    const before = facts(call);
    judge(before.call, args);
    if (before.count() === 0) call.report("git-local", `git ${name}`);
    return outputOf(call, name, args);
  }
  if (READS.has(name)) call.report("read", `git ${name} reads`);
  else if (LOCAL.has(name)) call.report("git-local", `git ${name}`);
  // An unknown word is an alias of the repository's settings, or a git-x program: its own code either way.
  else call.report("run-unresolved", `git ${name} is no command of git's own`);
  if (READS.has(name)) secretsIn(call, args);
  return outputOf(call, name, args);
}

function facts(call: Call): { call: Call; count: () => number } {
  let count = 0;
  const report: Call["report"] = (deed, note, path) => {
    count += 1;
    call.report(deed, note, path);
  };
  return { call: { ...call, report }, count: () => count };
}

function outputOf(call: Call, name: string, args: readonly Field[]): Stream {
  if (name === "rev-parse" && args.some((arg) => arg.text === "--show-toplevel"))
    return literal(`${call.place.workspace}\n`);
  const names = args.some((arg) => /^(--name-only|-l|--files-with-matches)$/.test(arg.text));
  if (name === "ls-files" || (names && /^(grep|diff|diff-tree|ls-tree)$/.test(name))) {
    const paths = args.filter((arg) => name === "ls-files" && !arg.text.startsWith("-"));
    return listOf(paths.length === 0 ? [field(".")] : paths.map(below));
  }
  return name === "ls-remote" || name === "fetch" ? UNKNOWN : FROM_FILE;
}

/** `*.ts` fits in any folder. */
function below(pathspec: Field): Field {
  return pathspec.text.startsWith("*") ? { ...pathspec, text: `./${pathspec.text}` } : pathspec;
}
