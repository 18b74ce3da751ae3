/** What the doors may call. Wired in compose.ts, and nowhere else. */
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Config } from "../contract/config.ts";
import type { DaemonView, HealthView } from "../contract/events.ts";
import type { ApprovalStore, GrantStore, TokenStore } from "../core/approvals/index.ts";
import type { HookSignal } from "../core/hooks/index.ts";
import type { Journal } from "../core/journal/index.ts";
import type { MessageStore } from "../core/messages/index.ts";
import type { DecisionStore } from "../core/policy/index.ts";
import type { TaskStore } from "../core/tasks/index.ts";
import type { Terminal, Terminals } from "../core/terminals/index.ts";
import type { TranscriptStore } from "../core/transcripts/index.ts";
import type { Agents } from "./agents.ts";
import type { ApprovalDesk } from "./approval-desk.ts";
import type { Tokens } from "./auth.ts";
import type { Catalog } from "./catalog.ts";
import type { Connectors } from "./connectors.ts";
import type { Exits } from "./exits.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import type { Handoffs } from "./handoffs.ts";
import type { Passes } from "./hooks/passes.ts";
import type { Launcher } from "./launcher.ts";
import type { Notifications } from "./notifications.ts";
import type { TaskWork } from "./open-executor.ts";
import type { PolicyDesk } from "./policy-desk.ts";
import type { Postman } from "./postman.ts";
import type { TaskDesk } from "./tasks.ts";

export interface Services {
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Config;
  readonly tokens: Tokens;
  readonly terminals: Terminals;
  readonly messages: MessageStore;
  readonly approvals: ApprovalStore;
  readonly tasks: TaskStore;
  readonly taskDesk: TaskDesk;
  readonly taskWork: Omit<TaskWork, "tasks" | "start">;
  readonly journal: Journal;
  readonly agents: Agents;
  readonly launcher: Launcher;
  readonly postman: Postman;
  readonly handoffs: Handoffs;
  readonly connectors: Connectors;
  readonly notifications: Omit<Notifications, "start">;
  readonly desk: ApprovalDesk;
  readonly catalog: Catalog;
  readonly gatekeeper: Gatekeeper;
  readonly passes: Passes;
  /** What an agent's own hook told of its session: evidence for status and receipts. */
  /** What says that a call of that terminal was allowed here; see HookAsked. */
  readonly hookMark: (terminalId: string) => string;
  readonly hooked: (terminal: Terminal, signal: HookSignal) => void;
  readonly decisions: DecisionStore;
  readonly exits: Exits;
  readonly policyDesk: PolicyDesk;
  readonly grants: GrantStore;
  readonly usage: TranscriptStore["usage"];
  readonly tokenStore: TokenStore;
  readonly describe: () => DaemonView;
  readonly health: () => Promise<HealthView>;
  readonly stop: () => void;
  /** The argv of a viewer of this terminal. */
  readonly attach: (
    terminalId: string,
    how: { readOnly: boolean; keepSize: boolean },
  ) => readonly string[];
}
