/** Tasks as the doors see them: who claims, and by which lease somebody writes. */
import type { Clock } from "../base/clock.ts";
import { ConductorError } from "../base/errors.ts";
import {
  type Claimer,
  type ClaimFilter,
  isOver,
  type Lease,
  type TaskRecord,
  type TaskStore,
} from "../core/tasks/index.ts";
import type { Terminals } from "../core/terminals/index.ts";
import { actorOf, type Caller } from "./auth.ts";

export interface TaskDeskPorts {
  readonly tasks: TaskStore;
  readonly clock: Clock;
  readonly terminals: () => Pick<Terminals, "byId">;
}

export interface TaskDesk {
  /** A task by its name, else the next that suits; undefined where there is none. An agent works on one at a time. */
  claim(
    caller: Caller,
    what: ClaimFilter & { readonly id?: string | undefined },
  ): Promise<TaskRecord | undefined>;
  /**
   * What the caller writes with. An agent in a pane carries no fence: its terminal stands for it, and `task` need not be
   * named. Everybody else shows the fence that the claim gave.
   * @throws {ConductorError} `task.lease_lost`, `usage.invalid`
   */
  leaseOf(
    caller: Caller,
    shown: { readonly task?: string | undefined; readonly fence?: number | undefined },
  ): Promise<Lease>;
}

export function createTaskDesk(ports: TaskDeskPorts): TaskDesk {
  const { tasks, clock } = ports;
  const heldBy = (terminalId: string): Promise<readonly TaskRecord[]> =>
    tasks.list({ terminalId, states: ["claimed", "running"], limit: 10 });
  return {
    claim: async (caller, { id, ...filter }) => {
      const claimer = claimerOf(ports, caller);
      const [held] = claimer.terminalId === null ? [] : await heldBy(claimer.terminalId);
      if (held !== undefined) return resumed(held, id);
      return id === undefined
        ? tasks.claimNext(claimer, filter, clock.now())
        : tasks.claim(id, claimer, clock.now());
    },
    leaseOf: async (caller, { task, fence }) => {
      if (caller.kind === "agent") {
        const held = await heldBy(caller.terminalId);
        const own = ownLease(held, task) ?? (await overLease(tasks, task, caller.terminalId));
        if (own !== undefined) return own;
        throw noLease(task);
      }
      if (task !== undefined && fence !== undefined) return { id: task, fence };
      throw new ConductorError("usage.invalid", "name the task, and the fence of its claim", {
        hint: "`conductor task claim` prints both",
      });
    },
  };
}

/** A call that was cut off is made again: what it got then, it gets now. */
function resumed(held: TaskRecord, id: string | undefined): TaskRecord {
  if (id === undefined || held.id.startsWith(id) || held.id.startsWith(`task_${id}`)) return held;
  throw new ConductorError("task.wrong_state", `you work on ${held.id} ("${held.title}") already`, {
    hint: "complete or fail that one first",
    data: { task: held.id },
  });
}

function claimerOf({ terminals }: TaskDeskPorts, caller: Caller): Claimer {
  const owner = actorOf(caller);
  if (caller.kind !== "agent") return { owner, terminalId: null, agentId: null };
  const { terminalId } = caller;
  return { owner, terminalId, agentId: terminals().byId(terminalId)?.record.agentId ?? null };
}

function ownLease(held: readonly TaskRecord[], named: string | undefined): Lease | undefined {
  const own = held.find(({ id }) => named === undefined || id === named || id.startsWith(named));
  return own && { id: own.id, fence: own.fence };
}

/** That of a task which the terminal has ended: whoever shows it is told so. */
async function overLease(
  tasks: Pick<TaskStore, "get">,
  named: string | undefined,
  terminalId: string,
): Promise<Lease | undefined> {
  if (named === undefined) return undefined;
  const task = await tasks.get(named).catch(() => undefined);
  const isOwn = task !== undefined && task.terminalId === terminalId && isOver(task.state);
  return isOwn ? { id: task.id, fence: task.fence } : undefined;
}

function noLease(named: string | undefined): ConductorError {
  const what = named === undefined ? "no task" : `not task ${named}`;
  return new ConductorError("task.lease_lost", `you work on ${what}`, {
    hint: "claim a task first; one that was given to another is not yours any more",
    data: { task: named ?? null },
  });
}
