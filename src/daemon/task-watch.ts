/**
 * Keeps the leases of those who are seen to work, lets those of hung agents run out, and puts what was lost back into
 * the queue. Never the model renews a lease: the daemon does, that watches its pane.
 */
import type { Clock } from "../base/clock.ts";
import { ConductorError, describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { terminalOfActor } from "../core/messages/index.ts";
import {
  judgeSigns,
  letters,
  nextPulse,
  type Progress,
  type Pulse,
  type Signs,
  type TaskRecord,
  type TaskStore,
} from "../core/tasks/index.ts";
import type { Terminals } from "../core/terminals/index.ts";

export interface TaskWatchPorts {
  readonly tasks: Pick<TaskStore, "list" | "heartbeat" | "fail" | "reap">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Undefined where no pane of this daemon is meant: whoever drives it renews the lease. */
  readonly signs: (terminalId: string) => Signs | undefined;
  /** Without a sign of progress for so long, an agent hangs. */
  readonly stallMs: number;
  readonly graceMs: number;
}

/** How often `tick` is called. */
export const TASK_WATCH_MS = 5_000;
const MOST_HELD = 10_000;

export class TaskWatch {
  readonly #ports: TaskWatchPorts;
  /** By task and fence. */
  #progress = new Map<string, Progress>();
  #pulse: Pulse | undefined;

  constructor(ports: TaskWatchPorts) {
    this.#ports = ports;
  }

  async tick(): Promise<void> {
    const { tasks, clock, log, graceMs } = this.#ports;
    const now = clock.now();
    this.#pulse = nextPulse(this.#pulse, now, { everyMs: TASK_WATCH_MS, graceMs });
    const held = await tasks.list({ states: ["claimed", "running"], limit: MOST_HELD });
    const before = this.#progress;
    this.#progress = new Map();
    await Promise.all(held.map((task) => this.#look(task, before.get(keyOf(task)))));
    if (now < this.#pulse.graceUntil) return;
    for (const { id, state, attempt } of await tasks.reap(now))
      log.warn({ task: id, state, attempt }, "a task's lease ran out");
  }

  async #look(task: TaskRecord, before: Progress | undefined): Promise<void> {
    const { clock, signs, stallMs } = this.#ports;
    const seen = task.terminalId === null ? undefined : signs(task.terminalId);
    if (seen === undefined) return;
    const now = clock.now();
    const verdict = judgeSigns(seen, before, { now, stallMs });
    if (verdict.kind !== "gone") this.#progress.set(keyOf(task), verdict.progress);
    if (verdict.kind === "at work" && isAging(task, now))
      await this.#write(task, () => this.#ports.tasks.heartbeat(task, undefined, now));
    // What the executor claimed, it settles itself.
    if (verdict.kind === "gone" && terminalOfActor(task.lease?.owner ?? "") === task.terminalId)
      await this.#write(task, () => this.#ports.tasks.fail(task, agentGone, [], now));
  }

  /** One that settles in the same moment is no failure, and none of them keeps the others from their beat. */
  async #write(task: TaskRecord, write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (error instanceof ConductorError && error.code === "task.lease_lost") return;
      this.#ports.log.error({ task: task.id, error: describeError(error) }, "a lease was not kept");
    }
  }
}

const agentGone = {
  class: "retryable",
  code: "agent_gone",
  message: "the agent that worked on it has ended",
} as const;

function keyOf({ id, fence }: TaskRecord): string {
  return `${id} ${fence}`;
}

/** A third of it is over. */
function isAging({ lease, leaseMs }: TaskRecord, now: number): boolean {
  return lease !== null && lease.until - now <= (leaseMs * 2) / 3;
}

/** What the daemon's own terminals show. */
export function signsOf(terminals: Pick<Terminals, "byId">, terminalId: string): Signs | undefined {
  const terminal = terminals.byId(terminalId);
  if (terminal === undefined) return undefined;
  const { status, since } = terminal.status;
  const shown = letters(terminal.lastLook?.screen.text ?? "");
  const mark = `${status} ${since} ${terminal.turn?.id} ${shown}`;
  // A lost one may come back with its tmux server; until then its lease runs.
  return { isLive: status !== "exited", isWaiting: status === "waiting", mark };
}
