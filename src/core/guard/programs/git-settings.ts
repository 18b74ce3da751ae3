/** Settings of git: some are commands, and some decide what git trusts. */
import type { Call } from "../call.ts";
import { writing } from "../deeds.ts";
import { type Field, HOLE, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";

/** `name=value`: some settings are commands. */
export function judgeSetting(call: Call, setting: Field): void {
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

export function configure(call: Call, args: readonly Field[]): void {
  const read = readOptions(args, {
    valued: ["-f", "--file", "--blob", "--type", "--default", "--value"],
  });
  const verbs = wordAt(read.operands, 0);
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
