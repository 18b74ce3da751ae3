/** Services, disks, users, kernels; and databases. */
import type { Call, Judge } from "../call.ts";
import type { Deed } from "../facts.ts";
import { FROM_FILE, type Stream, UNKNOWN, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";
import { ALWAYS, TOOLS } from "./system-table.ts";
import { verbTool } from "./verbs.ts";

/** Services, disks, users and kernels. */
export const system = new Map<string, Judge>([
  ...ALWAYS.flatMap(([deed, names]) =>
    names
      .split(" ")
      .filter((name) => !name.endsWith("_"))
      .map((name): [string, Judge] => [name, always(deed)]),
  ),
  ...Object.entries(TOOLS).map(([name, tool]): [string, Judge] => [name, verbTool(tool)]),
  ["crontab", crontab],
]);

export function say(call: Call, deed: Deed, note: string): Stream {
  call.report(deed, `${call.name} ${note}`);
  return UNKNOWN;
}

const HELP = /^(--help|--version|-V|--usage|-h)$/;

/** First words with which they only list; without any they do so too. */
const LISTS: Readonly<Record<string, RegExp>> = {
  mount: /^(-l)?$/,
  iptables: /^(-L|-S)?$/,
  nft: /^(list)?$/,
  swapon: /^(-s|--summary|--show(=.*)?)?$/,
  losetup: /^(-a|--all|-l|--list|-j|--associated)?$/,
};

export function always(deed: Deed): Judge {
  return (call) => {
    const asks = call.args.length === 1 && HELP.test(wordAt(call.args, 0));
    const lists = LISTS[call.name];
    const shows = lists !== undefined && lists.test(wordAt(call.args, 0));
    call.report(asks || shows ? "read" : deed, `${call.name} of the system`);
    if (call.args.some((arg) => /conductor/i.test(arg.text)) && deed === "process-kill")
      call.report("guard-tamper", "ends the guard");
    if (deed === "privilege" || call.name === "nsenter") innerCommand(call);
    return UNKNOWN;
  };
}

function innerCommand(call: Call): void {
  const at = call.args.findIndex((arg) => arg.text === "--");
  if (at >= 0) call.run(call.args.slice(at + 1), { via: call.name });
}

export function crontab(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-u"] });
  if (read.has("-l")) {
    call.report("read", "lists timed jobs");
    return FROM_FILE;
  }
  return say(call, "persistence", "changes timed jobs");
}
