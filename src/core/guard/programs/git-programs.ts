/** Options and subcommands of git that run another program. */
import type { Call } from "../call.ts";
import { type Field, field } from "../field.ts";
import { readOptions } from "../options.ts";

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

export function runsPrograms(call: Call, name: string, args: readonly Field[]): void {
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
