import { randomBytes } from "node:crypto";

export interface ViewerWish {
  readonly socket: string;
  readonly session: string;
  readonly paneId: string;
  readonly readOnly: boolean;
  /** Leaves the agent's window as it is, whatever the size of the person's terminal. */
  readonly keepSize: boolean;
}

/**
 * What a person's terminal runs to watch one agent: a session of its own in the group of the agent's,
 * so that two people look at two agents. It goes when they detach; the agents' session does not.
 */
export function viewerArgv(wish: ViewerWish): readonly string[] {
  const view = `${wish.session}-view-${randomBytes(3).toString("hex")}`;
  const flags = [
    ...(wish.keepSize ? ["ignore-size"] : []),
    ...(wish.readOnly ? ["read-only"] : []),
  ].join(",");
  const make = ["new-session", "-t", `=${wish.session}`, "-s", view];
  const withFlags = flags === "" ? make : [...make, "-f", flags];
  const goes = ["set-option", "-t", `=${view}:`, "destroy-unattached", "on"];
  const show = ["select-window", "-t", wish.paneId];
  return ["tmux", "-u", "-L", wish.socket, ...withFlags, ";", ...goes, ";", ...show];
}
