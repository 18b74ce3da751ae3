/**
 * The daemon takes tasks by itself while it is switched on: what policy allows, for agents that have room; what policy
 * asks about waits in the queue for a human. Woken by events, and by the time of what waits for one.
 */
import type { Clock } from "../base/clock.ts";
import { ConductorError, describeError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Routing } from "../contract/agents.ts";
import type { ApprovalAction } from "../contract/approvals.ts";
import type { AutoSetting } from "../contract/execution.ts";
import type { Candidate } from "../core/agents/index.ts";
import type { ApprovalStore } from "../core/approvals/index.ts";
import type { Journal } from "../core/journal/index.ts";
import {
  type AutoStore,
  type ClaimFilter,
  rankOf,
  type TaskRecord,
  type TaskStore,
} from "../core/tasks/index.ts";
import type { Executor } from "./executor.ts";
import { Rounds } from "./rounds.ts";
import type { TaskRouting } from "./task-routing.ts";

export interface AutoPorts {
  readonly store: AutoStore;
  readonly tasks: TaskStore;
  readonly approvals: Pick<ApprovalStore, "get" | "consume">;
  readonly routing: TaskRouting;
  readonly executor: Pick<Executor, "execute" | "releaseAll">;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a human was asked about a task may take long to be read. */
const ASK_MS = 24 * 3_600_000;
const MOST_LEFT = 10_000;
const MOST_RECONSIDERED = 20;

/** After these there may be something to take, or somebody who can. */
const WAKES =
  /^(?:task\.(?:created|unblocked|requeued|retried|resumed|freed|completed|failed|cancelled|buried|waited)|agent\.|approval\.|policy\.|auto\.)/;

/** Somebody else took it, or what it needs. */
const REFUSED = /^(?:task\.|state\.|not_found$)/;

export class Auto implements Disposable {
  readonly #ports: AutoPorts;
  readonly #rounds: Rounds;
  /** What stays in the queue, and why. */
  readonly #left = new Map<string, string>();
  /** Of these, whom what happens next may help. */
  readonly #passing = new Set<string>();
  readonly #unfollow: () => void;

  constructor(ports: AutoPorts) {
    this.#ports = ports;
    this.#rounds = new Rounds({ ...ports, what: "scheduler", advance: () => this.#take() });
    this.#unfollow = ports.journal.follow(({ type }) => {
      if (!WAKES.test(type)) return;
      // Whoever was refused before may be let now.
      if (!type.startsWith("task.")) this.#forget();
      this.#rounds.kick(ROUND);
    });
  }

  start(): void {
    this.#rounds.kick(ROUND);
  }

  setting(): Promise<AutoSetting> {
    return this.#ports.store.setting();
  }

  /** What it leaves in the queue, and why. */
  get left(): ReadonlyMap<string, string> {
    return this.#left;
  }

  async turn(
    to: Omit<AutoSetting, "since">,
    how: { readonly by: string; readonly release: boolean },
  ): Promise<AutoSetting> {
    const { store, clock, executor } = this.#ports;
    const setting = await store.set(to, how.by, clock.now());
    if (how.release) await executor.releaseAll(`the automatic work was turned off by ${how.by}`);
    return setting;
  }

  [Symbol.dispose](): void {
    this.#unfollow();
    this.#rounds[Symbol.dispose]();
  }

  /** Takes until nothing is left that somebody can do now. */
  async #take(): Promise<void> {
    const { tasks, clock } = this.#ports;
    const { on, queues } = await this.#ports.store.setting();
    if (!on) return this.#rounds.disarm(ROUND);
    this.#reconsider();
    for (;;) {
      const task = await this.#next(queues);
      if (task === undefined) break;
      await this.#consider(task);
    }
    const due = await tasks.nextDue(clock.now());
    if (due !== undefined) this.#rounds.arm(ROUND, due - clock.now());
  }

  /** The first in the queues that one with room can do. */
  async #next(queues: readonly string[]): Promise<TaskRecord | undefined> {
    const { routing, tasks, clock } = this.#ports;
    const except = [...this.#left.keys()];
    const offers = offersOf(await routing.free());
    const found = await Promise.all(
      queues.flatMap((queue) =>
        offers.map((offer) => tasks.peek({ queue, offer, except }, clock.now())),
      ),
    );
    const known = found.filter((task) => task !== undefined);
    return known.toSorted((one, other) => placeOf(one) - placeOf(other) || one.seq - other.seq)[0];
  }

  async #consider(task: TaskRecord): Promise<void> {
    const routing = await this.#ports.routing.route(task);
    const { picked, outcome, why, table } = routing;
    if (outcome === "later") this.#passing.add(task.id);
    if (picked === null) return this.#leave(task, why);
    const asks = table.find(({ id }) => id === picked)?.asks === true;
    const no = asks ? await this.#unapproved(task, routing) : undefined;
    if (no !== undefined) return this.#leave(task, no);
    try {
      await this.#ports.executor.execute(task, routing);
    } catch (error) {
      // All else is no fault of the task's.
      if (!(error instanceof ConductorError) || !REFUSED.test(error.code)) throw error;
      this.#ports.log.info({ task: task.id, error: describeError(error) }, "a task was not taken");
      this.#passing.add(task.id);
      this.#leave(task, error.message);
    }
  }

  #forget(): void {
    this.#left.clear();
    this.#passing.clear();
  }

  /** Some at a time, in turn: each costs a look at all agents. */
  #reconsider(): void {
    for (const id of [...this.#passing].slice(0, MOST_RECONSIDERED)) {
      this.#passing.delete(id);
      this.#left.delete(id);
    }
  }

  #leave({ id }: TaskRecord, why: string): void {
    if (this.#left.size >= MOST_LEFT) this.#forget();
    this.#left.set(id, why);
  }

  /** Why it may not be taken: nobody said yes yet, or somebody said no. A yes is to the task, with all its attempts. */
  async #unapproved(task: TaskRecord, routing: Routing): Promise<string | undefined> {
    const { store, approvals, clock } = this.#ports;
    const now = clock.now();
    const id = await store.ask(task.id, questionOf(task, routing, now), now);
    const approval = await approvals.get(id);
    const { number, state, reason } = approval;
    if (state === "consumed") return undefined;
    if (state === "approved") {
      await approvals.consume(id, now);
      return undefined;
    }
    const because = reason === null ? "" : `: ${reason}`;
    return state === "pending"
      ? `waits for approval #${number}`
      : `approval #${number} is ${state}${because}`;
  }
}

const ROUND = "round";

type Offer = NonNullable<ClaimFilter["offer"]>;

/** Agents that can do the same are asked for together: of many alike the queue is looked through once. */
function offersOf(agents: readonly Candidate[]): Offer[] {
  const alike = Map.groupBy(agents, ({ labels, capabilities }) =>
    JSON.stringify([labels.toSorted(), capabilities.toSorted()]),
  );
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { labels, capabilities } = first;
    return [{ labels, capabilities, agent: group.flatMap(({ id, name }) => [id, name]) }];
  });
}

function placeOf({ priority, runAt }: TaskRecord): number {
  return rankOf(priority, runAt);
}

function questionOf(task: TaskRecord, { picked, table }: Routing, now: number) {
  const agent = table.find(({ id }) => id === picked)?.name ?? "an agent";
  const { execution, type, labels, createdBy } = task;
  const text = [
    `give task ${task.id} to an agent: ${task.title}`,
    `type ${type}${labels.length === 0 ? "" : `, labels ${labels.join(", ")}`}, created by ${createdBy}`,
    ...(execution.check === null ? [] : [`check: ${execution.check}`]),
    ...(task.prompt === null ? [] : ["", task.prompt]),
  ].join("\n");
  const action: ApprovalAction = {
    kind: "task",
    text: text.slice(0, 100_000),
    cwd: execution.cwd ?? task.project,
    why: `the policy asks before the daemon gives it to ${agent} by itself`,
    onceOnly: "it is a task, and only a command can be granted",
  };
  return {
    terminalId: null,
    terminalName: null,
    origin: "api" as const,
    action,
    fingerprint: null,
    by: "daemon",
    expiresAt: now + ASK_MS,
  };
}
