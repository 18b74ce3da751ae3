import type { Instant } from "../../base/clock.ts";
import type {
  DependsOn,
  LockView,
  NewEvidence,
  NewTask,
  TaskEdge,
  TaskLock,
  TaskProgress,
  TaskState,
  TaskView,
} from "../../contract/tasks.ts";
import type { Failure } from "./failure.ts";
import type { Offer } from "./lane.ts";

/** A task as it is stored; the doors show the view. */
export interface TaskRecord extends TaskView {
  readonly seq: number;
}

/** What shows that the caller still holds the task. */
export interface Lease {
  readonly id: string;
  readonly fence: number;
}

export interface Claimer {
  /** An actor: `human`, `agent:<terminal>`, `daemon`. */
  readonly owner: string;
  /** Where the work is done, once that is known. */
  readonly terminalId: string | null;
  readonly agentId: string | null;
}

export interface ClaimFilter {
  /** Default: `default`. */
  readonly queue?: string;
  /** Only what this claimer can do. */
  readonly offer?: Offer;
  /** None of these. */
  readonly except?: readonly string[];
}

export interface TaskOutcome {
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly evidence?: readonly NewEvidence[];
}

export interface TaskFilter {
  readonly states?: readonly TaskState[] | undefined;
  readonly queue?: string | undefined;
  readonly label?: string | undefined;
  readonly type?: TaskView["type"] | undefined;
  readonly group?: string | undefined;
  readonly terminalId?: string | undefined;
  /** Only rows before this `seq`, for paging backwards. */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

export interface GroupCounts {
  readonly queue: string;
  readonly group: string | null;
  readonly states: Readonly<Partial<Record<TaskState, number>>>;
}

/**
 * Whole units of work on tasks, each with its events in the same transaction. A call that shows a lease throws
 * `task.lease_lost` and changes nothing once the task is another's, or nobody's; any other change that the state does
 * not allow throws `task.wrong_state`. Ids are taken whole, or by a unique beginning.
 */
export interface TaskStore {
  /**
   * All of them or none. A key that the queue has seen gives the task it was used for.
   * @throws {ConductorError} `task.cycle`, `task.too_large`, `task.bad_glob`, `not_found` (a dependency), `state.conflict` (key with another task)
   */
  enqueue(
    tasks: readonly NewTask[],
    by: string,
    now: Instant,
  ): Promise<readonly { readonly task: TaskRecord; readonly existing: boolean }[]>;
  /** Adds dependencies to what nobody has begun. @throws {ConductorError} `task.cycle`, `task.wrong_state` */
  link(id: string, on: readonly DependsOn[], by: string, now: Instant): Promise<TaskRecord>;
  /** The first that is due, suits the claimer, has room in its group and all its locks free. Takes the locks too. */
  claimNext(claimer: Claimer, filter: ClaimFilter, now: Instant): Promise<TaskRecord | undefined>;
  /** What `claimNext` would claim. */
  peek(filter: ClaimFilter, now: Instant): Promise<TaskRecord | undefined>;
  /** When the next task's time comes; undefined where none waits for a time. */
  nextDue(now: Instant): Promise<Instant | undefined>;
  /** @throws {ConductorError} `task.wrong_state`, `task.locked` (locks, or a full group) */
  claim(id: string, claimer: Claimer, now: Instant): Promise<TaskRecord>;
  /** Work begins; from here on its terminal, if it has one, stands for the lease. */
  start(
    lease: Lease,
    where: { readonly terminalId: string | null; readonly agentId: string | null },
    now: Instant,
  ): Promise<TaskRecord>;
  /** Renews the lease by its own length. */
  heartbeat(lease: Lease, progress: TaskProgress | undefined, now: Instant): Promise<TaskRecord>;
  addEvidence(lease: Lease, evidence: readonly NewEvidence[], now: Instant): Promise<TaskRecord>;
  /** The same call again gives the same task. @throws {ConductorError} `task.too_large` */
  complete(lease: Lease, outcome: TaskOutcome, now: Instant): Promise<TaskRecord>;
  /** Queued again with a backoff, `failed` for good, or `dead`. */
  fail(
    lease: Lease,
    failure: Failure,
    evidence: readonly NewEvidence[],
    now: Instant,
  ): Promise<TaskRecord>;
  /** Gives it back undone; costs no attempt. */
  release(lease: Lease, reason: string, now: Instant): Promise<TaskRecord>;
  /** Puts it by for a person: no lease, no locks; the fence goes on to hold. */
  wait(lease: Lease, reason: string, now: Instant): Promise<TaskRecord>;
  resume(id: string, by: string, now: Instant): Promise<TaskRecord>;
  cancel(id: string, why: { by: string; reason: string }, now: Instant): Promise<TaskRecord>;
  /** Another try, with all attempts anew, of what failed, died or was cancelled; what that took down comes back too. */
  retry(id: string, by: string, now: Instant): Promise<TaskRecord>;
  /** Further locks, all or none. @throws {ConductorError} `task.locked`, `task.bad_glob` */
  acquireLocks(lease: Lease, locks: readonly TaskLock[], now: Instant): Promise<void>;
  /** What is held, and who waits for it. */
  locks(): Promise<readonly LockView[]>;
  /** Leases that ran out: queued again with a backoff, or dead. Returns what it changed. */
  reap(now: Instant): Promise<readonly TaskRecord[]>;
  /** Newest first, at most `limit` (100). */
  list(filter: TaskFilter): Promise<readonly TaskRecord[]>;
  /** By id or a unique beginning of it. @throws {ConductorError} `not_found`, `name.ambiguous` */
  get(ref: string): Promise<TaskRecord>;
  /** What it depends on, and what depends on it. */
  dependencies(ref: string): Promise<{
    readonly upstream: readonly TaskEdge[];
    readonly downstream: readonly TaskEdge[];
  }>;
  /** Forgets what was over before that time and nothing unfinished depends on. */
  removeSettled(before: Instant, now: Instant): Promise<number>;
  counts(): Promise<Readonly<Record<TaskState, number>>>;
  /** The same for each queue, and in it for each group; only states that there are. */
  groupCounts(): Promise<readonly GroupCounts[]>;
}
