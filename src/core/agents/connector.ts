/**
 * The port through which an agent is driven, whatever drives it. Its shape is that of the Agent Client
 * Protocol: a session is opened, a prompt becomes a turn that ends with a stop reason, updates come
 * meanwhile, and what needs a permission is asked for. What the protocol leaves out is that both ends may die:
 * a session is found again by its id, and a prompt by its key.
 */
import type { Instant } from "../../base/clock.ts";
import type { GateLevel, Network } from "../../contract/decisions.ts";
import type { StatusDetail, StatusName } from "../../contract/status.ts";
import type { ConnectorKind, Turn } from "../../contract/terminals.ts";
import type { UsageAmounts } from "../../contract/usage.ts";
import type { AgentEvent } from "../terminals/index.ts";

export interface Connector {
  readonly kind: ConnectorKind;
  /** What that provider's CLI can do here; starts no session. */
  probe(provider: string, env: Readonly<Record<string, string>>): Promise<ConnectorProbe>;
  /**
   * The session of that id. One that runs is given back as it is; one that ended goes on with its
   * conversation, where its CLI has kept that.
   * @throws {ConductorError} what a launch can be refused with
   */
  open(asked: OpenSession): Promise<AgentSession>;
  /** A session that runs, also one that a daemon before this one opened; undefined where there is none. */
  adopt(id: string): AgentSession | undefined;
}

/** What a CLI can do when it is driven in one way. */
export interface ConnectorProbe {
  /** Why it cannot be driven so; null where it can. */
  readonly unavailable: string | null;
  /** As the program itself says; null where it was not asked or does not say. */
  readonly version: string | null;
  /** A session goes on after its process has ended. */
  readonly resumes: boolean;
  /** It tells of answers and tool calls while it works, and not only of status. */
  readonly streams: boolean;
  /** Its own hooks or requests hold a call until a human has answered. */
  readonly asks: boolean;
  readonly usage: boolean;
  /** It is given conductor's own tools. */
  readonly tools: boolean;
}

export interface OpenSession {
  /** A terminal's id, `newId("t")`, written down by the caller first: then a restart opens none twice. */
  readonly id: string;
  readonly provider?: string | undefined;
  readonly profile?: string | undefined;
  /** A registered agent, whose provider, profile and labels hold where none are given. */
  readonly agent?: string | undefined;
  readonly session?: string | undefined;
  readonly name?: string | undefined;
  /** The registered agent that it is of. */
  readonly agentId?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly cwd: string;
  /** The name of a git worktree of `cwd`'s repository, made where it is not there. */
  readonly worktree?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly gate?: GateLevel | undefined;
  readonly network?: Network | undefined;
  /** Values are handed to the agent and never stored. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Prompt {
  /** The same key is the same prompt, however often it is called: one turn. At most 200 characters. */
  readonly key: string;
  readonly text: string;
  /** An actor: `human`, `agent:<terminal>`, `daemon`. */
  readonly from: string;
  /** It is not begun any more after so long. */
  readonly ttlMs?: number | undefined;
}

/** The protocol's own. What it calls an error is thrown here. */
export type StopReason =
  | "end_turn"
  | "max_tokens"
  | "max_turn_requests"
  | "refusal"
  /** Somebody stopped it: `cancel`, a key, a person in the pane. */
  | "cancelled";

export interface PromptEnd {
  readonly stopReason: StopReason;
  readonly turn: Turn;
  readonly result: Turn["result"];
  /** Null where the CLI does not tell. */
  readonly usage: UsageAmounts | null;
}

export interface SessionStatus {
  readonly status: StatusName;
  readonly detail: StatusDetail;
  readonly since: Instant;
}

export type SessionUpdate =
  | ({ readonly kind: "status" } & SessionStatus)
  /** The agent's own word. */
  | AgentEvent;

/** A human answers it; nobody who opened a session can. */
export interface PermissionRequest {
  readonly approvalId: string;
  readonly kind: string;
}

export interface AgentSession {
  /** Its terminal's. */
  readonly id: string;
  /**
   * Resolves with the end of the turn that it became, now or under an earlier daemon. The signal ends the
   * waiting and nothing else.
   * @throws {ConductorError} `agent.failed` (its turn ended with an error), `agent.limited` (out of quota;
   *   `data.retryAt`), `agent.gone` (it ended before its turn did), `agent.unreached` (it never got the
   *   prompt), `timeout` (the signal, or `ttlMs`)
   */
  prompt(prompt: Prompt, how: { readonly signal: AbortSignal }): Promise<PromptEnd>;
  onUpdate(listener: (update: SessionUpdate) => void): () => void;
  onPermission(listener: (request: PermissionRequest) => void): () => void;
  /** Takes back what waits under that key, or stops the turn that it became. True once neither is there. */
  cancel(key: string): Promise<boolean>;
  status(): SessionStatus;
  /** Ends the agent; what it said is kept. */
  close(): Promise<void>;
}
