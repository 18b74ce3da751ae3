/** Which program is judged by whom. What is in no room is unknown, and the policy's default decides. */

import type { Judge } from "../call.ts";
import { baseOf } from "../known-paths.ts";
import { judgeShell } from "../shells.ts";
import { agents } from "./agents.ts";
import { archives } from "./archives.ts";
import { SHELLS } from "./command-names.ts";
import { containers } from "./containers.ts";
import { databases } from "./databases.ts";
import { deleters } from "./deleters.ts";
import { finders } from "./finders.ts";
import { git } from "./git.ts";
import { infra } from "./infra.ts";
import { interpreters } from "./interpreters.ts";
import { movers } from "./movers.ts";
import { network } from "./network.ts";
import { packages } from "./packages.ts";
import { patches } from "./patches.ts";
import { readers } from "./readers.ts";
import { services } from "./services.ts";
import { system } from "./system.ts";
import { wrappers } from "./wrappers.ts";

const judges = new Map<string, Judge>([
  ...readers,
  ...packages,
  ...services,
  ...patches,
  ...infra,
  ...system,
  ...databases,
  ...archives,
  ...finders,
  ...git,
  ...containers,
  ...network,
  ...interpreters,
  ...deleters,
  ...movers,
  ...agents,
  ...wrappers,
  ...[...SHELLS].map((name): [string, Judge] => [name, judgeShell]),
]);

export function judgeOf(name: string): Judge | undefined {
  return judges.get(name) ?? judges.get(versionless(name));
}

/** `python3.12` and `clang-18` are `python3` and `clang`. */
function versionless(name: string): string {
  return name.replace(/[-.]?\d+(\.\d+)*$/, "").replace(/^python\d?$/, "python");
}

/** Options before the subcommand that take the next word. */
const GLOBAL_VALUED: Readonly<Record<string, RegExp>> = {
  git: /^(-C|-c|--git-dir|--work-tree|--namespace)$/,
  docker: /^(-H|--host|-c|--context|--config|-l|--log-level)$/,
  kubectl: /^(-n|--namespace|--context|--kubeconfig|--cluster|--user|-s|--server)$/,
  npm: /^(-C|--prefix|-w|--workspace)$/,
  pnpm: /^(-C|--dir|-F|--filter)$/,
  yarn: /^--cwd$/,
  helm: /^(-n|--namespace|--kube-context|--kubeconfig)$/,
  aws: /^(--profile|--region|--output|--query|--endpoint-url)$/,
  gh: /^(-R|--repo|--hostname)$/,
  cargo: /^(--manifest-path|-C|--config|-Z)$/,
};

/** Program and operands, without options: how a rule names a command. */
export function wordsOf(argv: readonly string[]): string[] {
  const [program = ""] = argv;
  const valued = GLOBAL_VALUED[program];
  return argv.filter((word, at) => {
    if (at === 0) return true;
    if (word.startsWith("-") || (at === 1 && word.startsWith("+"))) return false;
    return valued?.test(argv[at - 1] ?? "") !== true;
  });
}

/** Shells, interpreters, wrappers: what they do is said by their words, or by nobody. */
export function runsOthers(name: string): boolean {
  const base = baseOf(name);
  return (
    wrappers.has(base) ||
    interpreters.has(base) ||
    SHELLS.has(base) ||
    /^(python|pypy|perl|ruby|node|lua|php)[\d.]*$/.test(base) ||
    /^(find|fd|ssh|make|npx|bunx|pnpx|uvx|pipx|docker|podman|kubectl|tmux|screen|busybox|source|\.|eval|exec|command|builtin|nsenter|bwrap|doas|pkexec|runuser|chpst|setpriv|conductor|agent-conductor|git-shell)$/.test(
      base,
    )
  );
}
