import type { Instant } from "../../base/clock.ts";
import type { GateLevel, Network } from "../../contract/decisions.ts";
import type { NewEvent } from "../../contract/events.ts";
import type { Evidence } from "../../contract/status.ts";
import type { ConnectorKind, TerminalView, Turn } from "../../contract/terminals.ts";

/** What a restart needs to run the agent again; the environment's values are never stored. */
export interface LaunchRecord {
  readonly argv: readonly string[];
  readonly envNames: readonly string[];
  readonly profile: string | null;
  readonly args: readonly string[];
  /** What stands before its commands; a terminal of an older version has none. */
  readonly gate?: GateLevel | undefined;
  readonly network?: Network | undefined;
  /** Its CLI's own session, where that is known: its transcript and a later resume go by it. */
  readonly agentSession?: string | undefined;
  /** The folder in which its CLI keeps its sessions, where it keeps any that we can read. */
  readonly transcriptRoot?: string | undefined;
  /** In a pane, where nothing is said. */
  readonly connector?: ConnectorKind | undefined;
}

/** A terminal as it is stored; the view adds what is counted or looked up. */
export interface TerminalRecord
  extends Omit<
    TerminalView,
    "turn" | "retryAt" | "unread" | "pendingApprovals" | "labels" | "gate" | "connector"
  > {
  readonly labels: readonly string[];
  /** Stands in the pane's exit marker, so that an agent cannot print one that counts. */
  readonly nonce: string;
  readonly pid: number | null;
  readonly launch: LaunchRecord;
  readonly why: readonly Evidence[];
}

/** What a status change writes, all at once. */
export type StatusChange = Pick<
  TerminalRecord,
  "status" | "detail" | "composer" | "statusAt" | "reason" | "exitCode" | "why"
>;
/** All else that can change in a terminal's life. */
export type TerminalPatch = Partial<
  Omit<TerminalRecord, keyof StatusChange | "id" | "session" | "createdAt">
>;

export type TurnEnd = Extract<Turn["state"], "completed" | "failed" | "interrupted" | "cancelled">;
export type TurnChange =
  | { readonly kind: "start"; readonly turn: Turn }
  | { readonly kind: "run"; readonly turnId: string }
  | {
      readonly kind: "end";
      readonly turnId: string;
      readonly state: TurnEnd;
      readonly result: Turn["result"];
      readonly endedAt: Instant;
    };

export interface SessionRecord {
  readonly id: string;
  /** The tmux session's name, prefix and all. */
  readonly name: string;
  readonly cwd: string;
  readonly state: "active" | "closed";
  readonly createdAt: Instant;
}

/**
 * Whole units of work on terminals, their sessions and turns. `live` means neither exited nor lost.
 * Every event given is appended in the transaction of its change; turns append theirs by themselves.
 */
export interface TerminalStore {
  /** @throws {ConductorError} `name.taken` when a live terminal of that session has the name */
  insert(record: TerminalRecord, event: NewEvent): Promise<void>;
  /** @throws {ConductorError} `not_found`, `name.taken` */
  update(id: string, patch: TerminalPatch, event: NewEvent | null): Promise<TerminalRecord>;
  /** @throws {ConductorError} `not_found`; `name.taken` when an exited terminal comes back */
  changeStatus(
    id: string,
    change: StatusChange,
    event: NewEvent | null,
    turn?: TurnChange,
  ): Promise<TerminalRecord>;
  /** By creation, oldest first. */
  list(filter?: { readonly live?: boolean }): Promise<readonly TerminalRecord[]>;
  get(id: string): Promise<TerminalRecord | undefined>;
  /** Newest first. */
  turns(terminalId: string, limit: number): Promise<readonly Turn[]>;
  openTurn(terminalId: string): Promise<Turn | undefined>;
  turnOfMessage(messageId: string): Promise<Turn | undefined>;
  /** Makes or changes the session of that name. */
  setSession(session: SessionRecord, event: NewEvent | null): Promise<void>;
  sessions(filter?: { readonly state?: SessionRecord["state"] }): Promise<readonly SessionRecord[]>;
  /** Forgets terminals that are exited or lost since before that time; returns them for their logs. */
  removeExited(before: Instant): Promise<readonly TerminalRecord[]>;
}
