/** Tasks and attempts as they are stored, for tests of what follows from them. */
import type { AttemptView } from "../../src/contract/execution.ts";
import { newTask, type TaskView } from "../../src/contract/tasks.ts";
import type { TaskRecord } from "../../src/core/tasks/index.ts";

const FENCE = 7;

export function recordOf(change: Partial<TaskView> = {}): TaskRecord {
  const { dependsOn: _, ref: __, ...asked } = newTask.parse({ title: "fix the parser" });
  return {
    ...asked,
    seq: 1,
    id: "task_1",
    fence: FENCE,
    state: "running",
    runAt: 0,
    attempt: 1,
    openDependencies: 0,
    result: null,
    error: null,
    evidence: [],
    progress: null,
    reason: null,
    lease: { owner: "daemon", until: 100_000 },
    terminalId: null,
    agentId: null,
    createdBy: "human",
    createdAt: 0,
    updatedAt: 0,
    startedAt: null,
    finishedAt: null,
    ...change,
  };
}

export function attemptOf(change: Partial<AttemptView> = {}): AttemptView {
  return {
    taskId: "task_1",
    attempt: 1,
    fence: FENCE,
    state: "routed",
    agentId: "ag_1",
    terminalId: "t_1",
    origin: "fresh",
    routing: { picked: "ag_1", outcome: "picked", why: "it is the only one", table: [] },
    folder: null,
    worktree: null,
    base: null,
    report: null,
    end: null,
    check: null,
    reason: null,
    createdAt: 0,
    updatedAt: 0,
    releasedAt: null,
    ...change,
  };
}
