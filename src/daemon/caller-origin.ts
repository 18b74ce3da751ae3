/**
 * Where a caller lives. Approving is for humans, and an agent runs as the same user: it can read the human's
 * token. So whoever lives under an agent's pane is refused whatever it presents, and so is one whose origin
 * cannot be told.
 */
import type { Socket } from "node:net";
import { assertNever, ConductorError } from "../base/errors.ts";
import { lineage, type ProcessFacts, peerOf } from "../drivers/process/peer.ts";

export interface AgentPane {
  readonly terminalId: string;
  readonly name: string;
  /** Of the pane's first process, which leads its session. */
  readonly pid: number;
  /** A tmux server is its parent; else it has no pane. */
  readonly isInPane: boolean;
}

export type Origin =
  | { readonly kind: "outside" }
  | { readonly kind: "agent"; readonly name: string }
  /** Started by the tmux server itself, without a terminal: `tmux run-shell`. */
  | { readonly kind: "server" }
  | { readonly kind: "unknown" };

/**
 * @param family  the caller and its parents, nearest first; empty where it is not known
 * @param servers  tmux servers that agents' panes are children of
 */
export function originOf(
  family: readonly ProcessFacts[],
  panes: readonly AgentPane[],
  servers: ReadonlySet<number>,
): Origin {
  if (family.length === 0) return { kind: "unknown" };
  for (const one of family) {
    const pane = panes.find(({ pid }) => pid === one.pid || pid === one.session);
    if (pane !== undefined) return { kind: "agent", name: pane.name };
    if (one.terminalId !== undefined) {
      const named = panes.find(({ terminalId }) => terminalId === one.terminalId);
      return { kind: "agent", name: named?.name ?? one.terminalId };
    }
    if (servers.has(one.parent) && !one.hasTerminal) return { kind: "server" };
  }
  return { kind: "outside" };
}

/** @throws {ConductorError} `auth.refused` */
export async function requireOutside(
  socket: Socket | undefined,
  panes: readonly AgentPane[],
  what: string,
): Promise<void> {
  // Other systems have no /proc; there the token alone counts.
  if (process.platform !== "linux") return;
  const pid = socket === undefined ? undefined : await peerOf(socket).catch(() => undefined);
  const inPanes = panes.filter(({ isInPane }) => isInPane);
  const servers = new Set(inPanes.flatMap((pane) => lineage(pane.pid)[0]?.parent ?? []));
  const origin = originOf(pid === undefined ? [] : lineage(pid), panes, servers);
  if (origin.kind === "outside") return;
  throw new ConductorError("auth.refused", `${describe(origin)} cannot ${what}`, {
    hint: "a human does that, from a shell of their own or the side pane",
  });
}

function describe(origin: Exclude<Origin, { kind: "outside" }>): string {
  switch (origin.kind) {
    case "agent":
      return `a caller inside the pane of ${origin.name}`;
    case "server":
      return "a command that tmux was told to run";
    case "unknown":
      return "a caller whose process cannot be found (is `ss` of iproute2 installed?)";
    default:
      return assertNever(origin);
  }
}
