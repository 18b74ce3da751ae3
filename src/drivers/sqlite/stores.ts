import type { Instant } from "../../base/clock.ts";
import type { NewEvent } from "../../contract/events.ts";
import type { AgentStore } from "../../core/agents/index.ts";
import type { ApprovalStore, GrantStore, TokenStore } from "../../core/approvals/index.ts";
import type { AuditJournal } from "../../core/audit/index.ts";
import type { HandoffStore } from "../../core/handoffs/index.ts";
import type { Journal } from "../../core/journal/index.ts";
import type { MessageStore } from "../../core/messages/index.ts";
import type { NotificationStore } from "../../core/notify/index.ts";
import type { DecisionStore } from "../../core/policy/index.ts";
import type { AttemptStore, AutoStore, TaskStore } from "../../core/tasks/index.ts";
import type { TerminalStore } from "../../core/terminals/index.ts";
import type { TranscriptStore } from "../../core/transcripts/index.ts";
import { createAgentStore } from "./agent-store.ts";
import { createApprovalStore } from "./approval-store.ts";
import { createAttemptStore } from "./attempt-store.ts";
import { createAuditJournal } from "./audit-journal.ts";
import { createAutoStore } from "./auto-store.ts";
import { createDecisionStore } from "./decision-store.ts";
import { createGrantStore } from "./grant-store.ts";
import { createHandoffStore } from "./handoff-store.ts";
import { createJournal, pruneJournal } from "./journal-store.ts";
import { createMessageStore } from "./message-store.ts";
import { createNotificationStore } from "./notification-store.ts";
import { type OpenOptions, openDatabase } from "./open.ts";
import { createTaskStore } from "./task-store.ts";
import { createTerminalStore } from "./terminal-store.ts";
import { createTokenStore } from "./token-store.ts";
import { createTranscriptStore } from "./transcript-store.ts";

/** Every store over one database, for the daemon's wiring. */
export interface Stores extends Disposable {
  readonly journal: Journal;
  readonly audit: AuditJournal;
  readonly terminals: TerminalStore;
  readonly agents: AgentStore;
  readonly messages: MessageStore;
  readonly handoffs: HandoffStore;
  readonly tasks: TaskStore;
  readonly attempts: AttemptStore;
  readonly auto: AutoStore;
  readonly approvals: ApprovalStore;
  readonly grants: GrantStore;
  readonly tokens: TokenStore;
  readonly decisions: DecisionStore;
  readonly transcripts: TranscriptStore;
  readonly notifications: NotificationStore;
  /** An event of what happened outside the database. */
  readonly tell: (event: NewEvent) => void;
  /** Removes events older than that time; the hash chain then starts at a checkpoint. */
  pruneJournal(before: Instant, now: Instant): Promise<number>;
}

/** @throws {ConductorError} `store.broken`, `store.locked`, `store.full`, `daemon.version` */
export function openStores(file: string, options: OpenOptions = {}): Stores {
  const db = openDatabase(file, options);
  return {
    journal: createJournal(db),
    audit: createAuditJournal(db),
    terminals: createTerminalStore(db),
    agents: createAgentStore(db),
    messages: createMessageStore(db),
    handoffs: createHandoffStore(db),
    tasks: createTaskStore(db, options.random),
    attempts: createAttemptStore(db, options.random),
    auto: createAutoStore(db),
    approvals: createApprovalStore(db),
    grants: createGrantStore(db),
    tokens: createTokenStore(db),
    decisions: createDecisionStore(db, Date.now),
    transcripts: createTranscriptStore(db),
    notifications: createNotificationStore(db),
    tell: (event) => db.write((append) => append(event)),
    pruneJournal: async (before, now) => pruneJournal(db, before, now),
    [Symbol.dispose]: () => db.close(),
  };
}
