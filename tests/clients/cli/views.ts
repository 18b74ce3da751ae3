import type { ApprovalView } from "../../../src/contract/approvals.ts";
import type { MessageView } from "../../../src/contract/messages.ts";
import { newTask, type TaskView } from "../../../src/contract/tasks.ts";
import type { TerminalView, Turn } from "../../../src/contract/terminals.ts";

export function terminal(name: string, parts: Partial<TerminalView> = {}): TerminalView {
  return {
    id: `t_${name}`,
    session: "shop",
    name,
    provider: "scripted",
    profile: null,
    agentId: null,
    labels: [],
    cwd: "/src/shop",
    worktree: null,
    paneId: "%1",
    status: "idle",
    detail: "",
    statusAt: Date.now(),
    composer: "empty",
    reason: null,
    exitCode: null,
    turn: null,
    unread: 0,
    pendingApprovals: 0,
    createdAt: Date.now(),
    logPath: "/nowhere/log",
    gate: "guard",
    ...parts,
  };
}

export function turn(state: Turn["state"], text?: string): Turn {
  return {
    id: "turn_1",
    terminalId: "t_dev",
    messageId: "m_1",
    state,
    startedAt: Date.now(),
    endedAt: state === "running" || state === "submitted" ? null : Date.now(),
    result: text === undefined ? null : { text, source: "screen" },
  };
}

export function message(toName: string, parts: Partial<MessageView> = {}): MessageView {
  return {
    id: `m_${toName}`,
    seq: 1,
    from: "human",
    to: `t_${toName}`,
    toName,
    body: "please",
    mode: "when-idle",
    state: "delivered",
    reason: null,
    receipt: "screen",
    createdAt: Date.now(),
    settledAt: null,
    expiresAt: null,
    dedupeKey: null,
    attempts: [],
    turn: null,
    ...parts,
  };
}

export function approval(number: number, text: string): ApprovalView {
  return {
    id: `a_${number}`,
    number,
    terminalId: "t_dev",
    terminalName: "dev",
    origin: "screen",
    action: { kind: "command", text, cwd: "/src/shop", why: null },
    hash: `hash-${number}`,
    state: "pending",
    decidedBy: null,
    reason: null,
    createdAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
    decidedAt: null,
  };
}

export function task(parts: Partial<TaskView> = {}): TaskView {
  return {
    ...newTask.parse({ title: "fix it" }),
    id: "task_1",
    state: "queued",
    runAt: 0,
    attempt: 0,
    openDependencies: 0,
    result: null,
    error: null,
    evidence: [],
    progress: null,
    reason: null,
    fence: 0,
    lease: null,
    terminalId: null,
    agentId: null,
    createdBy: "human",
    createdAt: Date.now(),
    updatedAt: Date.now(),
    startedAt: null,
    finishedAt: null,
    ...parts,
  };
}
