import type { ConnectionEnd } from "./connection.ts";

/** What tmux says of one session when asked afresh. */
export type SessionState = "there" | "missing" | "no-server";

export type Fate = "reconnect" | "session-ended" | "server-lost";

/**
 * What the end of a connection means. tmux says a bare `%exit` when a session ends by itself; with its
 * last session the server ends too, which is then no loss.
 */
export function fateOf(end: ConnectionEnd, session: SessionState): Fate {
  if (session === "there") return "reconnect";
  if (session === "missing") return "session-ended";
  return end.exit === "" ? "session-ended" : "server-lost";
}
