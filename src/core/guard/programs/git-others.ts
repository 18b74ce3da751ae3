/** git's commands that reach remotes, files elsewhere or its own store. */
import type { Call } from "../call.ts";
import { reading, writing } from "../deeds.ts";
import { type Field, FROM_FILE, field, wordAt } from "../field.ts";
import { type Options, readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { configure, judgeSetting } from "./git-settings.ts";
import { type Sub, say } from "./git-work.ts";

/** Commands that reach remotes, files elsewhere or git's own store. */
export const ON_OTHERS: Readonly<Record<string, Sub>> = {
  push,
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
    if (/^(expire|delete|drop)$/.test(wordAt(args, 0)))
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
    if (args.some((arg) => arg.text.startsWith("--prune=")))
      say(call, "git-discard", "deletes what git could bring back");
  },
  prune: (call, args) =>
    say(
      call,
      args.some((arg) => /^(-n|--dry-run)$/.test(arg.text)) ? "read" : "git-discard",
      "deletes what nothing refers to",
    ),
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
  bundle: (call, args) => {
    const [verb, file] = args;
    if (verb?.text === "create" && file !== undefined) tell(call, writing(call.target(file)));
    say(call, "read", "packs or reads a bundle");
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

export function push(call: Call, args: readonly Field[]): void {
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
    forced
      ? `rewrites or removes what others have${whither("on", read.operands)}`
      : `pushes commits${whither("to", read.operands)}`,
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

export function secretsIn(call: Call, args: readonly Field[]): void {
  for (const arg of args) {
    const [, path] = /^[^:\s-][^:\s]*:(.+)$/.exec(arg.text) ?? [];
    const to = call.target(path === undefined ? arg : field(path));
    if (to.secret && /[./]/.test(arg.text)) call.report("read-secret", `shows ${to.path}`);
  }
}

function whither(at: "on" | "to", operands: readonly Field[]): string {
  return operands.length === 0 ? "" : ` ${at} ${operands.map(({ text }) => text).join(" ")}`;
}
