/**
 * Drives attempts at tasks: looks at each again whenever something about its task happened, and does the next step.
 * All it knows stands in rows, so a daemon that starts goes on where the one before was.
 */
import { ConductorError, describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Routing } from "../contract/agents.ts";
import type { AttemptEnd, AttemptReport, AttemptView } from "../contract/execution.ts";
import type { Journal } from "../core/journal/index.ts";
import {
  type AttemptStep,
  type Lease,
  nextAttemptStep,
  type TaskRecord,
} from "../core/tasks/index.ts";
import * as jobs from "./attempt-jobs.ts";
import { beginAttempt } from "./attempt-start.ts";
import { keepLease } from "./keep-lease.ts";
import { Rounds } from "./rounds.ts";

export interface ExecutorPorts extends jobs.JobPorts {
  readonly journal: Journal;
  readonly log: Logger;
}

interface Tracked extends Lease {
  /** What is done for it now. */
  job: { readonly kind: string; readonly abort: AbortController } | undefined;
  turn: AttemptEnd | undefined;
  stopBeat: () => void;
}

export class Executor implements Disposable {
  readonly #ports: ExecutorPorts;
  readonly #rounds: Rounds;
  readonly #tracked = new Map<string, Tracked>();
  readonly #unfollow: () => void;
  #isOver = false;

  constructor(ports: ExecutorPorts) {
    this.#ports = ports;
    this.#rounds = new Rounds({ ...ports, what: "attempt", advance: (key) => this.#advance(key) });
    this.#unfollow = ports.journal.follow(({ type, subject }) => {
      if (!type.startsWith("task.") || QUIET.has(type)) return;
      for (const [key, { id }] of this.#tracked) if (id === subject) this.#rounds.kick(key);
    });
  }

  /** Goes on with what the daemon before left. */
  async start(): Promise<void> {
    for (const attempt of await this.#ports.attempts.open()) this.#track(attempt);
  }

  /** Claims the task for the agent that was picked, and does it. @throws {ConductorError} what a claim can be refused with */
  async execute(task: TaskRecord, routing: Routing): Promise<AttemptView> {
    const { clock, failpoint } = this.#ports;
    const attempt = await beginAttempt(this.#ports, { task, routing, now: clock.now() });
    failpoint?.("attempt.after-route");
    this.#track(attempt);
    return attempt;
  }

  /** Takes what an agent hands in by itself; undefined where the lease is of no attempt. */
  report(lease: Lease, report: AttemptReport): Promise<AttemptView | undefined> {
    return this.#ports.attempts.report(lease, report, this.#ports.clock.now());
  }

  /** Gives back what is under way; its agents are interrupted. */
  async releaseAll(reason: string): Promise<void> {
    const { attempts, tasks, clock, log } = this.#ports;
    for (const { taskId: id, fence } of await attempts.open()) {
      await tasks.release({ id, fence }, reason, clock.now()).catch((error: unknown) => {
        log.debug({ task: id, error: describeError(error) }, "a task was not ours to give back");
      });
    }
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#unfollow();
    this.#rounds[Symbol.dispose]();
    for (const tracked of this.#tracked.values()) this.#endJob(tracked);
  }

  #track({ taskId, fence }: AttemptView): void {
    const key = `${taskId} ${fence}`;
    const none = { job: undefined, turn: undefined, stopBeat: () => undefined };
    if (!this.#tracked.has(key)) this.#tracked.set(key, { id: taskId, fence, ...none });
    this.#rounds.kick(key);
  }

  async #advance(key: string): Promise<void> {
    const { tasks, attempts, clock } = this.#ports;
    for (;;) {
      const tracked = this.#tracked.get(key);
      const attempt = tracked && (await attempts.get(tracked));
      if (tracked === undefined || attempt === undefined) return void this.#tracked.delete(key);
      const task = await tasks.get(tracked.id);
      const now = clock.now();
      const step = nextAttemptStep(attempt, task, { now, turn: tracked.turn });
      if (step.kind === "over") {
        this.#rounds.disarm(key);
        this.#tracked.delete(key);
        return;
      }
      const { timeoutMs } = task.execution;
      if (timeoutMs !== null && isUnderWay(attempt))
        this.#rounds.arm(key, attempt.createdAt + timeoutMs - now);
      if (step.kind === "wait") return;
      if (isWritten(step)) {
        this.#endJob(tracked);
        await this.#write(attempt, step);
        continue;
      }
      if (tracked.job === undefined) this.#startJob(key, tracked, { step, attempt, task });
      return;
    }
  }

  async #write(
    { taskId: id, fence }: AttemptView,
    step: Extract<AttemptStep, { kind: "end" | "conclude" | "lose" }>,
  ): Promise<void> {
    const { attempts, clock, failpoint } = this.#ports;
    const lease = { id, fence };
    if (step.kind === "end") {
      await attempts.move(lease, { signal: "end", end: step.end }, clock.now());
      failpoint?.("attempt.after-end");
    } else if (step.kind === "lose")
      await attempts.move(lease, { signal: "lose", reason: step.reason }, clock.now());
    else await attempts.move(lease, { signal: "settle" }, clock.now());
  }

  #startJob(
    key: string,
    tracked: Tracked,
    { step, attempt, task }: { step: JobStep; attempt: AttemptView; task: TaskRecord },
  ): void {
    const abort = new AbortController();
    const job = { kind: step.kind, abort };
    tracked.job = job;
    if (!WATCHED.has(step.kind)) tracked.stopBeat = keepLease(this.#ports, tracked, task.leaseMs);
    void this.#do(step, { attempt, task, signal: abort.signal }, tracked)
      .then(
        () => 0,
        (error: unknown) => this.#brokeOff(key, step.kind, error),
      )
      .then((delayMs) => {
        if (tracked.job !== job) return;
        tracked.stopBeat();
        tracked.job = undefined;
        if (delayMs === 0) this.#rounds.kick(key);
        else this.#rounds.arm(key, delayMs);
      });
  }

  async #do(step: JobStep, job: jobs.Job, tracked: Tracked): Promise<void> {
    switch (step.kind) {
      case "open":
        return jobs.open(this.#ports, job);
      case "prompt":
        tracked.turn = await jobs.prompt(this.#ports, job);
        return;
      case "check":
        return jobs.check(this.#ports, job, step.command);
      case "settle":
        return jobs.settle(this.#ports, job, step.outcome);
      case "release":
        return jobs.release(this.#ports, job);
      default:
    }
  }

  /** What was lost meanwhile is seen by the next look; anything else may go by itself. */
  #brokeOff(key: string, job: string, error: unknown): number {
    if (error instanceof ConductorError && error.code === "task.lease_lost") return 0;
    if (!this.#isOver)
      this.#ports.log.error({ attempt: key, job, error: describeError(error) }, "a job broke off");
    return RETRY_MS;
  }

  #endJob(tracked: Tracked): void {
    tracked.stopBeat();
    tracked.job?.abort.abort();
    tracked.job = undefined;
  }
}

type JobStep = Extract<AttemptStep, { kind: "open" | "prompt" | "check" | "settle" | "release" }>;

const RETRY_MS = 2_000;
/** The lease of a task is kept by whoever watches its agent work; of one that is settled there is none. */
const WATCHED: ReadonlySet<string> = new Set(["prompt", "release"]);
/** They change nothing that a step depends on. */
const QUIET: ReadonlySet<string> = new Set(["task.progressed", "task.routed", "task.evidenced"]);

function isWritten(
  step: AttemptStep,
): step is Extract<AttemptStep, { kind: "end" | "conclude" | "lose" }> {
  return step.kind === "end" || step.kind === "conclude" || step.kind === "lose";
}

function isUnderWay({ state }: AttemptView): boolean {
  return state === "routed" || state === "opened" || state === "prompted";
}
