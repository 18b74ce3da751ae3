/** A program that no table knows: its words say what tools in general mean by them. */

import type { Call } from "./call.ts";
import type { Fact } from "./facts.ts";
import { type Field, isKnown, wordAt } from "./field.ts";
import { baseOf } from "./known-paths.ts";
import { mayBeCommand } from "./programs/command-names.ts";
import { deploys, dropsData, meaningOf } from "./programs/grammar.ts";
import { judgeOf } from "./programs/index.ts";

/** They fetch a package and run the program of its name: as much of the project as what `install` brings. */
const FROM_PACKAGES = /^(npx|bunx|pnpx|dlx|uvx|pipx|npm|pnpm|yarn|bun|cnpm)$/;

/** A wrapper that nobody has heard of still hands its last words on: they are judged too. */
export function unknownProgram(call: Call, facts: Fact[], via: string): void {
  if (asksForHelp(call.args)) {
    facts.push({ deed: "read", note: `${call.name} tells about itself` });
    return;
  }
  const at = call.args.findIndex((arg) => mayBeCommand(baseOf(arg.text)));
  if (at >= 0) call.run(call.args.slice(at), { via: call.name });
  for (const arg of call.args)
    if (/^\w+=?\S* \S/.test(arg.text) && mayBeCommand(baseOf(arg.text.split(" ")[0] ?? "")))
      call.runText(arg, { via: call.name });
  if (at >= 0 && FROM_PACKAGES.test(via))
    facts.push({ deed: "shell-state", note: `${call.name} is handed a command` });
  if (at < 0) secretsBehind(call, facts);
  if (at < 0 && call.args.every(isKnown)) ordinary(call, facts, FROM_PACKAGES.test(via));
  for (const arg of call.args) {
    if (/^[~/.]|\//.test(arg.text)) {
      const to = call.target(arg);
      if (to.secret) facts.push({ deed: "read-secret", note: `${call.name} is given ${to.path}` });
      if (to.guarded)
        facts.push({ deed: "guard-tamper", note: `${call.name} is given ${to.path}` });
    }
  }
}

/** Words that would show a secret, were they a command: `cat terraform.tfstate`, `vault kv get`. */
function secretsBehind(call: Call, facts: Fact[]): void {
  for (const [at, arg] of call.args.slice(0, -1).entries()) {
    const next = wordAt(call.args, at + 1);
    if (judgeOf(baseOf(arg.text)) === undefined) continue;
    if (ALSO_WORDS.test(arg.text) && !SHOWS.test(next)) continue;
    const seen = call.sight(call.args.slice(at), call.name);
    facts.push(...seen.filter(({ deed }) => deed === "read-secret"));
  }
}

/** Programs whose names are words that any tool may be given. */
const ALSO_WORDS = /^(pass|security|op)$/;
const SHOWS = /^(show|read|get|item|find-\S+)$/;

/** Options that turn looking or building into something else. */
const NOT_ORDINARY =
  /^--?(force|delete|destroy|purge|prune|prod|production|publish|deploy|push|upload|release|overwrite|yes-really|privileged|exec|command|eval)(=|$)/;

/** What every tool calls building, testing and showing: nobody needs to know the tool for that. */
function ordinary(call: Call, facts: Fact[], packaged: boolean): void {
  const words = call.args.map((arg) => arg.text);
  const operands = words.filter((word) => !word.startsWith("-"));
  const meaning = meaningOf(operands);
  if (meaning === "credentials")
    facts.push({ deed: "read-secret", note: `${call.name} ${operands.join(" ")}` });
  if (meaning === "sends" || (meaning !== "looks" && operands.some(deploys)))
    facts.push({ deed: "publish", note: `${call.name} ${operands.join(" ")}` });
  if (meaning === "destroys" || operands.some(dropsData))
    facts.push({ deed: "infra-change", note: `${call.name} ${operands.join(" ")}` });
  if (facts.length > 0 || words.some((word) => NOT_ORDINARY.test(word))) return;
  const looks =
    meaning === "looks" || /^--(check|lint|lint-only|list|dry-run)$/.test(words[0] ?? "");
  if (!looks && meaning !== "works" && !packaged) return;
  const far = call.args.some((arg) => reachesFar(call, arg));
  if (far && !looks) return;
  facts.push({ deed: "build", note: `${call.name} ${operands[0] ?? ""}`.trim() });
}

function reachesFar(call: Call, arg: Field): boolean {
  const [, value = arg.text] = /^--?[\w-]+=(.*)$/s.exec(arg.text) ?? [];
  if (!/^[~/]|^\.\.(\/|$)/.test(value)) return false;
  const { area } = call.target({ ...arg, text: value });
  return area === "outside" || area === "system" || area === "device" || area === "unresolved";
}

const HELP = /^(--help|--version|-V|-h|help|version|--usage)$/;

function asksForHelp(args: readonly Field[]): boolean {
  return args.length > 0 && args.length <= 2 && HELP.test(wordAt(args, -1));
}
