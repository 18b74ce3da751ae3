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

export function freeName(
  terminals: Terminals,
  session: string,
  wanted: string,
  isTaken: (name: string) => boolean = () => false,
): string {
  const base = nameFor(wanted);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!isTaken(name) && findLive(terminals, session, name) === undefined) return name;
  }
}

export function nameFor(wanted: string): string {
  return wanted.replaceAll(/[^A-Za-z0-9_-]/g, "-");
}
