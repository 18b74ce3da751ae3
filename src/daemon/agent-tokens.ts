/** An agent's token is derived from its terminal's id, so none is stored and all survive a restart. */
import { createHmac } from "node:crypto";
import { digest } from "./auth.ts";

export interface AgentTokens {
  tokenOf(terminalId: string): string;
  /** Not given to the agent. */
  markOf(terminalId: string): string;
  terminalOf(tokenDigest: string, liveIds: Iterable<string>): string | undefined;
}

export function createAgentTokens(key: string): AgentTokens {
  const digests = new Map<string, string>();
  const tokenOf = (terminalId: string): string =>
    createHmac("sha256", key).update(terminalId).digest("hex");
  const digestOf = (terminalId: string): string => {
    const known = digests.get(terminalId) ?? digest(tokenOf(terminalId));
    digests.set(terminalId, known);
    return known;
  };
  return {
    tokenOf,
    markOf: (terminalId) => createHmac("sha256", key).update(`mark ${terminalId}`).digest("hex"),
    terminalOf: (tokenDigest, liveIds) => [...liveIds].find((id) => digestOf(id) === tokenDigest),
  };
}
