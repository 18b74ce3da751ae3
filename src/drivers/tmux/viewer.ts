import { randomBytes } from "node:crypto";
import { viewPrefix } from "./viewers.ts";

export interface ViewerHow {
  readonly readOnly: boolean;
  /** Leaves the agent's window as it is, whatever the size of the person's terminal. */
  readonly keepSize: boolean;
}

export interface ViewerPlace {
  /** Its path: a person's shell may look for sockets elsewhere than the daemon's did. */
  readonly socketPath: string;
  readonly session: string;
  readonly windowId: string;
}

/**
 * What a person's terminal runs to watch one agent: a session of its own in the group of the agent's, so
 * that two people look at two agents. It shows the agent before anyone is attached, since a view that
 * passed over another agent's window would decide that window's size. The driver ends it when they have
 * detached: with `destroy-unattached` tmux 3.3a crashes, and every agent with it, when something is drawn for
 * a client that is just detaching.
 */
export function viewerArgv(place: ViewerPlace, how: ViewerHow): readonly string[] {
  const { socketPath, session, windowId } = place;
  const view = `${viewPrefix(session)}${randomBytes(3).toString("hex")}`;
  const flags = [
    ...(how.keepSize ? ["ignore-size"] : []),
    ...(how.readOnly ? ["read-only"] : []),
  ].join(",");
  const attach = ["attach-session", "-t", `=${view}:`];
  const commands = [
    ["new-session", "-d", "-t", `=${session}`, "-s", view],
    ["select-window", "-t", `=${view}:${windowId}`],
    flags === "" ? attach : [...attach, "-f", flags],
  ];
  return ["tmux", "-u", "-S", socketPath, ...commands.flatMap((words) => [";", ...words]).slice(1)];
}
