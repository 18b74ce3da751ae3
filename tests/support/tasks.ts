/** Tasks to put into a store. */
import { type NewTask, newTask, type TaskRequest } from "../../src/contract/tasks.ts";
import type { Claimer, Lease, TaskRecord } from "../../src/core/tasks/index.ts";
import { testStores } from "./stores.ts";

export function asked(change: Partial<TaskRequest> = {}): NewTask {
  return newTask.parse({ title: "fix the parser", ...change });
}

export const worker: Claimer = { owner: "agent:t_1", terminalId: "t_1", agentId: null };
export const other: Claimer = { owner: "agent:t_2", terminalId: "t_2", agentId: null };

type World = ReturnType<typeof testStores> & {
  /** Creates them in this order, by one call. */
  readonly add: (...changes: Partial<TaskRequest>[]) => Promise<readonly TaskRecord[]>;
  readonly claim: (by?: Claimer) => Promise<TaskRecord>;
  /** The types of its events, in order. */
  readonly verbs: (id: string) => Promise<string[]>;
};

/** A store, with short words for what most tests do. */
export function taskWorld(): World {
  const stores = testStores();
  const { tasks, clock, journal } = stores;
  return {
    ...stores,
    add: async (...changes) =>
      (await tasks.enqueue(changes.map(asked), "human", clock.now())).map(({ task }) => task),
    claim: async (by = worker) => {
      const task = await tasks.claimNext(by, {}, clock.now());
      if (task === undefined) throw new Error("there was nothing to claim");
      return task;
    },
    verbs: async (id) =>
      (await journal.after(0, 10_000)).filter((e) => e.subject === id).map(({ type }) => type),
  };
}

export function leaseOf({ id, fence }: TaskRecord): Lease {
  return { id, fence };
}
