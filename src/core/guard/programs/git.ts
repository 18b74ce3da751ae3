/** git: which of its commands lose work, rewrite what others have, or run another program. */
import type { Call, Judge } from "../call.ts";
import { deleting, reading, writing } from "../deeds.ts";
import type { Deed } from "../facts.ts";
import {
  type Field,
  FROM_FILE,
  field,
  HOLE,
  isKnown,
  literal,
  type Stream,
  UNKNOWN,
} from "../field.ts";
import { type Options, readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { listOf } from "./finders.ts";
import { patched } from "./patches.ts";

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

/** `name=value`: some settings are commands. */
function judgeSetting(call: Call, setting: Field): void {
  const [name = "", ...rest] = setting.text.split("=");
  judgeConfig(call, name, { ...setting, text: rest.join("=") });
}

const COMMAND_SETTING =
  /^(core\.(editor|pager|sshcommand|fsmonitor|askpass|gitproxy|hookspath|alternaterefscommand)|sequence\.editor|pager\..*|alias\..*|diff\.(external|.*\.(command|textconv))|difftool\..*\.cmd|mergetool\..*\.cmd|merge\..*\.driver|filter\..*\.(clean|smudge|process)|credential\.(.*\.)?helper|gpg\.(.*\.)?program|remote\..*\.(uploadpack|receivepack|vcs|proxy)|uploadpack\.packobjectshook|sendemail\..*cmd|browser\..*\.cmd|man\..*\.cmd|interactive\.difffilter|trailer\..*\.(cmd|command)|include(if)?\..*|protocol\.ext\.allow|init\.templatedir|url\..*\.(insteadof|pushinsteadof)|http\.(sslverify|proxy|.*\.sslverify)|submodule\..*\.update)$/i;
const PLAIN_PROGRAM =
  /^(cat|less|more|vim?|nvim|nano|true|false|:|delta|bat|code --wait|emacs|store|cache|osxkeychain|manager|libsecret|!gh auth git-credential)?$/;

function judgeConfig(call: Call, name: string, value: Field): void {
  if (!COMMAND_SETTING.test(name)) return;
  const { text } = value;
  if (/^alias\./i.test(name)) {
    call.report("shell-state", "an alias of git");
    if (text.startsWith("!")) call.runText({ ...value, text: text.slice(1) }, { via: "git alias" });
    else call.runText({ ...value, text: `git ${text}` }, { via: "git alias" });
    return;
  }
  if (/fsmonitor/i.test(name) && /^(true|false|0|1)?$/.test(text)) return;
  if (PLAIN_PROGRAM.test(text) && !/hookspath|include|protocol|insteadof|sslverify/i.test(name))
    return;
  call.report("run-hook", `${name} makes git run or trust something`);
  if (
    /editor|pager|command|cmd|driver|clean|smudge|helper|program|textconv|external|fsmonitor|pack/i.test(
      name,
    )
  )
    call.runText(text.startsWith("!") ? { ...value, text: text.slice(1) } : value, {
      via: `git ${name}`,
    });
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
  const judge = SUBS[name];
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

function secretsIn(call: Call, args: readonly Field[]): void {
  for (const arg of args) {
    const [, path] = /^[^:\s-][^:\s]*:(.+)$/.exec(arg.text) ?? [];
    const to = call.target(path === undefined ? arg : field(path));
    if (to.secret && /[./]/.test(arg.text)) call.report("read-secret", `shows ${to.path}`);
  }
}

/** Options of git's commands whose value is run. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  grep: ["-O", "--open-files-in-pager"],
  difftool: ["-x", "--extcmd"],
  rebase: ["-x", "--exec"],
  "ls-remote": ["--upload-pack", "--exec"],
  fetch: ["--upload-pack"],
  clone: ["-u", "--upload-pack", "--template"],
  push: ["--receive-pack", "--exec"],
  pull: ["--upload-pack"],
  archive: ["--exec"],
  "filter-branch": [
    "--tree-filter",
    "--index-filter",
    "--msg-filter",
    "--env-filter",
    "--commit-filter",
    "--parent-filter",
    "--setup",
    "--tag-name-filter",
  ],
};

function runsPrograms(call: Call, name: string, args: readonly Field[]): void {
  const valued = RUNS[name] ?? [];
  for (const text of readOptions(args, { valued }).values(...valued)) {
    if (
      /^(git-upload-pack|git-receive-pack|less|more|cat|vim?|code|meld|vimdiff)?$/.test(text.text)
    )
      continue;
    // A command for each commit, like one in a loop.
    if (name !== "rebase") call.report("run-hook", `git ${name} starts a program`);
    call.runText(text, { via: `git ${name}` });
  }
  for (const arg of args)
    if (arg.text.startsWith("ext::"))
      call.runText({ ...arg, text: arg.text.slice(5) }, { via: "git ext::" });
  if (name === "submodule" && args[0]?.text === "foreach") {
    const rest = args.slice(1).filter((arg) => !/^--(recursive|quiet)$|^-q$/.test(arg.text));
    call.runText(joinWords(rest), { via: "git submodule foreach" });
  }
  if (name === "bisect" && args[0]?.text === "run")
    call.run(args.slice(1), { via: "git bisect run" });
}

function joinWords(words: readonly Field[]): Field {
  return { ...(words[0] ?? field("")), text: words.map((word) => word.text).join(" ") };
}

type Sub = (call: Call, args: readonly Field[]) => void;

function say(call: Call, deed: Deed, note: string): void {
  call.report(deed, note);
}

const SUBS: Readonly<Record<string, Sub>> = {
  push,
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
    if (/^(drop|clear)$/.test(args[0]?.text ?? ""))
      say(call, "git-discard", `git stash ${args[0]?.text ?? ""} forgets stashed work`);
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
  config: configure,
  remote: (call, args) => {
    const [verb] = args;
    if (verb === undefined || /^(-v|--verbose|show|get-url)$/.test(verb.text))
      say(call, "read", "lists remotes");
    else if (/^(remove|rm|set-url|rename|prune)$/.test(verb.text))
      say(call, "git-rewrite", `git remote ${verb.text}`);
    else if (verb.text === "add") say(call, "git-rewrite", "adds a remote");
  },
  reflog: (call, args) => {
    if (/^(expire|delete|drop)$/.test(args[0]?.text ?? ""))
      say(call, "git-discard", "forgets what git could bring back");
    else say(call, "read", "reads the log of references");
  },
  "update-ref": (call) => say(call, "git-discard", "moves or deletes a reference"),
  "symbolic-ref": (call, args) => {
    if (readOptions(args).operands.length > 1 || args.some((arg) => arg.text === "-d"))
      say(call, "git-discard", "moves HEAD");
    else say(call, "read", "shows a reference");
  },
  "filter-branch": (call) => say(call, "git-rewrite", "rewrites history"),
  "filter-repo": (call) => say(call, "git-rewrite", "rewrites history"),
  replace: (call) => say(call, "git-rewrite", "replaces an object"),
  gc: (call, args) => {
    if (
      args.some(
        (arg) =>
          (arg.text.startsWith("--prune") && arg.text !== "--prune") ||
          (arg.text === "--aggressive" && false),
      )
    )
      say(call, "git-discard", "deletes what git could bring back");
  },
  prune: (call, args) =>
    say(
      call,
      args.some((arg) => /^(-n|--dry-run)$/.test(arg.text)) ? "read" : "git-discard",
      "deletes what nothing refers to",
    ),
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
  fetch: (call, args) => {
    say(call, "network-read", "fetches");
    const forced = args.some((arg) => /^\+[^:]*:(?!refs\/remotes\/)/.test(arg.text));
    if (forced) say(call, "git-discard", "moves a branch by force");
  },
  credential: (call, args) => {
    if (args[0]?.text === "fill") say(call, "read-secret", "shows credentials");
    else say(call, "write-startup", "changes stored credentials");
  },
  pull: (call, args) => {
    say(call, "network-read", "fetches and merges");
    if (readOptions(args).has("-f", "--force")) say(call, "git-discard", "overwrites branches");
  },
  clone: (call, args) => {
    say(call, "network-read", "clones");
    const read = readOptions(args, {
      valued: [
        "-b",
        "--branch",
        "--depth",
        "-o",
        "-c",
        "--config",
        "-j",
        "--reference",
        "--filter",
        "-u",
        "--upload-pack",
        "--template",
      ],
    });
    for (const setting of read.values("-c", "--config")) judgeSetting(call, setting);
    const to = read.operands[1];
    if (to !== undefined) tell(call, writing(call.target(to)));
    const name = read.operands[0]?.text.replace(/\/+$|\.git\/?$/g, "").replace(/^.*[/:]/, "");
    const into = call.target(to ?? field(name ?? ".")).path;
    if (into !== "") call.scope.made.unpacked.add(into);
  },
  archive: (call, args) => {
    const out = readOptions(args, {
      valued: ["-o", "--output", "--format", "--prefix", "--remote", "--exec"],
    }).value("-o", "--output");
    if (out !== undefined) tell(call, writing(call.target(out)));
  },
  "format-patch": (call, args) => {
    const out = readOptions(args, { valued: ["-o", "--output-directory"] }).value(
      "-o",
      "--output-directory",
    );
    if (out !== undefined) tell(call, writing(call.target(out)));
  },
  "send-email": (call) => say(call, "send-data", "sends mail"),
  daemon: (call) => say(call, "send-data", "serves the repository"),
  svn: (call, args) =>
    say(call, args[0]?.text === "dcommit" ? "git-push" : "network-read", "git svn"),
  lfs: (call, args) => say(call, args[0]?.text === "push" ? "git-push" : "git-local", "git lfs"),
  subtree: (call, args) =>
    say(call, args[0]?.text === "push" ? "git-push" : "git-local", "git subtree"),
  diff: (call, args) => {
    const read = readOptions(args, { valued: ["--output"] });
    const out = read.value("--output");
    if (out !== undefined) tell(call, writing(call.target(out)));
    say(call, "read", "shows differences");
    secretsIn(call, args);
    if (read.has("--no-index"))
      for (const file of read.operands) tell(call, reading(call.target(file)));
  },
};

function guarded(call: Call, path: Field): void {
  const to = call.target(path);
  if (to.guarded) call.report("guard-tamper", `changes ${to.path}`, to.path);
}

function checkout(call: Call, args: readonly Field[]): void {
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

function push(call: Call, args: readonly Field[]): void {
  const read: Options = readOptions(args, {
    valued: ["--receive-pack", "--exec", "-o", "--push-option", "--repo"],
  });
  if (read.has("-n", "--dry-run")) {
    call.report("read", "git push only shows");
    return;
  }
  const refspecs = read.operands.slice(1);
  const forced =
    read.has(
      "-f",
      "--force",
      "--force-with-lease",
      "--force-if-includes",
      "--mirror",
      "--prune",
      "-d",
      "--delete",
    ) || refspecs.some((ref) => /^[+:]/.test(ref.text));
  call.report(
    forced ? "git-rewrite" : "git-push",
    `${forced ? "rewrites or removes what others have" : "pushes commits"}${whither(read.operands)}`,
  );
  if (args.some((arg) => arg.text === "--no-verify"))
    call.report("run-hook", "skips the repository's own checks");
  const [to] = read.operands;
  if (to !== undefined && /^(https?|ssh|git|ftp):|@.*:/.test(to.text))
    call.report("send-data", `pushes to ${to.text}`);
  if (call.scope.made.files.has("git-index:secret"))
    call.report("send-secret", "pushes credentials");
  else call.scope.made.files.set("git-pushed", FROM_FILE);
}

function whither(operands: readonly Field[]): string {
  return operands.length === 0 ? "" : ` to ${operands.map(({ text }) => text).join(" ")}`;
}

function configure(call: Call, args: readonly Field[]): void {
  const read = readOptions(args, {
    valued: ["-f", "--file", "--blob", "--type", "--default", "--value"],
  });
  const verbs = read.operands[0]?.text ?? "";
  const words = /^(set|get|list|unset|edit|rename-section|remove-section|get-all)$/.test(verbs)
    ? read.operands.slice(1)
    : read.operands;
  const reads =
    read.has(
      "--get",
      "--get-all",
      "--get-regexp",
      "-l",
      "--list",
      "--show-origin",
      "--get-urlmatch",
      "--name-only",
    ) ||
    verbs === "get" ||
    verbs === "list" ||
    (words.length <= 1 &&
      !read.has("--unset", "--unset-all", "--add", "-e", "--edit") &&
      verbs !== "unset");
  if (reads) {
    call.report("read", "reads git's settings");
    return;
  }
  const [name, value] = words;
  const wide = read.has("--global", "--system");
  if (wide) call.report("write-startup", "changes git's settings for every repository");
  if (name !== undefined && value !== undefined) judgeConfig(call, name.text, value);
  if (name !== undefined && /^core\.hookspath$/i.test(name.text))
    call.report("run-hook", "changes where git finds its hooks");
  const file = read.value("-f", "--file");
  if (file !== undefined) tell(call, writing(call.target(file)));
  if (name === undefined || name.text.includes(HOLE))
    call.report("run-unresolved", "changes a setting that is not known");
}
