/** What stands under a session and a name already, and names that are free. */
import type { LaunchSpec, Terminal, Terminals } from "../core/terminals/index.ts";

export function findLive(
  terminals: Terminals,
  session: string,
  name: string,
): Terminal | undefined {
  return terminals.live().find(({ record }) => record.session === session && record.name === name);
}

/** What was lost with its tmux server comes back under its id, with its turns and the messages that wait for it. */
export function findLost(
  terminals: Terminals,
  wanted: Pick<LaunchSpec, "session" | "name" | "provider">,
): Terminal | undefined {
  const newest = findEnded(terminals, wanted);
  return newest?.status.status === "lost" ? newest : undefined;
}

export function findEnded(
  terminals: Terminals,
  wanted: Pick<LaunchSpec, "session" | "name" | "provider">,
): Terminal | undefined {
  const named = terminals
    .all()
    .filter(({ record }) => record.session === wanted.session && record.name === wanted.name);
  const newest = named.toSorted((one, other) => other.record.createdAt - one.record.createdAt)[0];
  return newest?.record.provider === wanted.provider && !newest.isLive ? newest : undefined;
}

/** @param launching  slots of those that have no row yet */
export function freeName(
  terminals: Terminals,
  session: string,
  wanted: string,
  launching: ReadonlySet<string> = new Set(),
): string {
  const base = nameFor(wanted);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    const isTaken = launching.has(slotOf(session, name));
    if (!isTaken && findLive(terminals, session, name) === undefined) return name;
  }
}

/** While it had ended, another may have been given its name. */
export async function yieldName(
  terminals: Terminals,
  terminal: Terminal,
  launching: ReadonlySet<string>,
): Promise<void> {
  const { session, name } = terminal.record;
  const holder = findLive(terminals, session, name);
  const isFree = holder === undefined && !launching.has(slotOf(session, name));
  if (isFree || holder === terminal) return;
  const free = freeName(terminals, session, name.replace(/-\d+$/, ""), launching);
  await terminals.rename(terminal, free, "daemon");
}

export function slotOf(session: string, name: string): string {
  return `${session}/${name}`;
}

export function nameFor(wanted: string): string {
  return wanted.replaceAll(/[^A-Za-z0-9_-]/g, "-");
}
