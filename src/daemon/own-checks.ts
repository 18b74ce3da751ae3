/** The check of a task that somebody did without the executor: an agent in its pane, or a person. It has to pass as well. */
import { ConductorError } from "../base/errors.ts";
import type { NewEvidence } from "../contract/tasks.ts";
import type { Lease, TaskRecord } from "../core/tasks/index.ts";
import { folderOf, type StartPorts } from "./attempt-start.ts";
import { checkEvidence } from "./evidence.ts";
import { type KeepPorts, keepLease } from "./keep-lease.ts";
import type { RunCheck } from "./task-checks.ts";

export interface OwnCheckPorts extends KeepPorts, Pick<StartPorts, "terminals"> {
  readonly check: RunCheck;
  readonly signal: AbortSignal;
}

const CHECK_MS = 10 * 60_000;

/**
 * What shows that it passed; nothing where the task names none. One run for all that ask meanwhile.
 * @throws {ConductorError} `state.conflict` where it does not: its holder can mend that, and hand it in again
 */
export type OwnCheck = (task: TaskRecord) => Promise<readonly NewEvidence[]>;

export function createOwnChecks(ports: OwnCheckPorts): OwnCheck {
  const running = new Map<string, Promise<readonly NewEvidence[]>>();
  return (task) => {
    const { check } = task.execution;
    if (check === null) return Promise.resolve([]);
    const key = `${task.id} ${task.fence}`;
    const under = running.get(key) ?? passed(ports, task, check);
    running.set(key, under);
    const forget = (): void => void running.delete(key);
    under.then(forget, forget);
    return under;
  };
}

async function passed(
  ports: OwnCheckPorts,
  task: TaskRecord,
  command: string,
): Promise<readonly NewEvidence[]> {
  const place = ports.terminals().byId(task.terminalId ?? "") ?? folderOf(ports, task);
  if (place === undefined)
    throw new ConductorError("usage.invalid", `task ${task.id} names no folder for its check`, {
      hint: "create it with --cwd",
    });
  const lease: Lease = { id: task.id, fence: task.fence };
  const stop = keepLease(ports, lease, task.leaseMs);
  try {
    const timeoutMs = task.execution.timeoutMs ?? CHECK_MS;
    const run = await ports.check(place, command, { timeoutMs, signal: ports.signal });
    if (run.outcome === "passed") return [checkEvidence(run)];
    const about = run.tail === "" ? "" : `: ${run.tail.slice(-1_000)}`;
    throw new ConductorError("state.conflict", `the task's check ${run.outcome}${about}`, {
      hint: `mend what ${command} finds and complete the task again, or fail it`,
      data: { task: task.id, outcome: run.outcome, exitCode: run.exitCode },
    });
  } finally {
    stop();
  }
}
