import type { MessageView } from "../../../src/contract/messages.ts";
import type { Turn } from "../../../src/contract/terminals.ts";
import type { HandoffRecord } from "../../../src/core/handoffs/index.ts";

/** From `lead` to `dev`, in its inbox. */
export function handoff(change: Partial<HandoffRecord> = {}): HandoffRecord {
  return {
    id: "h_1",
    kind: "handoff",
    state: "submitted",
    from: "agent:t_lead",
    fromName: "lead",
    profile: null,
    terminalId: "t_dev",
    terminalName: "dev",
    origin: "given",
    message: "do it",
    key: null,
    parent: null,
    depth: 1,
    messageId: "m_1",
    question: null,
    result: null,
    error: null,
    createdAt: 0,
    expiresAt: 60_000,
    settledAt: null,
    releasedAt: null,
    returned: null,
    report: null,
    plan: {
      session: null,
      name: null,
      provider: null,
      cwd: "/work",
      worktree: null,
      fresh: false,
      keep: false,
    },
    ...change,
  };
}

export function message(change: Partial<MessageView> = {}): MessageView {
  return {
    id: "m_1",
    seq: 1,
    from: "agent:t_lead",
    to: "t_dev",
    toName: "dev",
    body: "do it",
    mode: "when-idle",
    state: "queued",
    reason: null,
    receipt: null,
    createdAt: 0,
    settledAt: null,
    expiresAt: null,
    dedupeKey: null,
    attempts: [],
    turn: null,
    ...change,
  };
}

export function turn(change: Partial<Turn> = {}): Turn {
  return {
    id: "turn_1",
    terminalId: "t_dev",
    messageId: "m_1",
    state: "running",
    startedAt: 1,
    endedAt: null,
    result: null,
    ...change,
  };
}
