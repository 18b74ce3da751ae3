/** Tasks and locks: created, looked at, claimed, worked on, settled. */

import type { z } from "zod";
import { api } from "../../contract/api/index.ts";
import { byState, type taskQuery } from "../../contract/task-calls.ts";
import { type TaskState, type TaskView, taskState } from "../../contract/tasks.ts";
import type { Lease, TaskFilter, TaskRecord } from "../../core/tasks/index.ts";
import { type Caller, deciderOf } from "../auth.ts";
import type { Services } from "../services.ts";
import { claimTask } from "../task-offers.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function taskRoutes(app: App, services: Services): void {
  readRoutes(app, services);
  workRoutes(app, services);
  peopleRoutes(app, services);
}

function readRoutes(app: App, services: Services): void {
  const { tasks } = services;

  serve(app, services, api.countTasks, async () => {
    const groups = await tasks.groupCounts();
    const countOf = (state: TaskState): number =>
      groups.reduce((total, { states }) => total + (states[state] ?? 0), 0);
    const all = taskState.options.map((state) => [state, countOf(state)]);
    return { states: byState.parse(Object.fromEntries(all)), groups };
  });
  serve(app, services, api.exportTasks, async ({ query }) => {
    const found = await tasks.list(filterOf(services, query));
    const exported = await Promise.all(
      found.map(async (task) => {
        const { upstream } = await tasks.dependencies(task.id);
        const dependsOn = upstream.map(({ task: on, onFailed }) => ({ task: on, onFailed }));
        return { ...viewOf(task), ref: task.id, dependsOn };
      }),
    );
    return { tasks: exported, next: nextOf(found, query.limit) };
  });
  serve(app, services, api.listTasks, async ({ query }) => {
    const found = await tasks.list(filterOf(services, query));
    return { tasks: found.map(viewOf), next: nextOf(found, query.limit) };
  });
  serve(app, services, api.showTask, async ({ param }) => viewOf(await tasks.get(param("ref"))));
  serve(app, services, api.showTaskDependencies, ({ param }) => tasks.dependencies(param("ref")));
  serve(app, services, api.listLocks, () => tasks.locks());
}

/** For whoever holds the task. */
function workRoutes(app: App, services: Services): void {
  const { clock, taskDesk, tasks } = services;
  const leaseOf = (call: Holding): Promise<Lease> =>
    taskDesk.leaseOf(call.caller, { task: call.param("ref"), fence: call.body.fence });

  serve(app, services, api.claimTask, async ({ body, caller, context }) => {
    const task = await claimTask(services, caller, body);
    if (task === undefined) return context.body(null, 204);
    return { task: viewOf(task), fence: task.fence };
  });
  serve(app, services, api.startTask, async (call) =>
    viewOf(await tasks.start(await leaseOf(call), NOWHERE, clock.now())),
  );
  serve(app, services, api.beatTask, async (call) =>
    viewOf(await tasks.heartbeat(await leaseOf(call), call.body.progress, clock.now())),
  );
  serve(app, services, api.addTaskEvidence, async (call) =>
    viewOf(await tasks.addEvidence(await leaseOf(call), call.body.evidence, clock.now())),
  );
  serve(app, services, api.completeTask, async (call) =>
    viewOf(await tasks.complete(await leaseOf(call), call.body, clock.now())),
  );
  serve(app, services, api.failTask, async (call) => {
    const { evidence, ...failure } = call.body;
    return viewOf(await tasks.fail(await leaseOf(call), failure, evidence, clock.now()));
  });
  serve(app, services, api.releaseTask, async (call) =>
    viewOf(await tasks.release(await leaseOf(call), call.body.reason, clock.now())),
  );
  serve(app, services, api.putTaskBy, async (call) =>
    viewOf(await tasks.wait(await leaseOf(call), call.body.reason, clock.now())),
  );
  serve(app, services, api.lockForTask, async (call) => {
    const lease = await leaseOf(call);
    await tasks.acquireLocks(lease, call.body.locks, clock.now());
    return viewOf(await tasks.get(lease.id));
  });
}

const NOWHERE = { terminalId: null, agentId: null };

interface Holding {
  readonly caller: Caller;
  readonly param: (name: string) => string;
  readonly body: { readonly fence?: number | undefined };
}

function peopleRoutes(app: App, services: Services): void {
  const { clock, tasks } = services;

  serve(app, services, api.createTasks, async ({ body, caller }) => {
    const taken = await tasks.enqueue(body.tasks, deciderOf(caller), clock.now());
    return taken.map(({ task, existing }) => ({ task: viewOf(task), existing }));
  });
  serve(app, services, api.linkTask, async ({ body, caller, param }) =>
    viewOf(await tasks.link(param("ref"), body.dependsOn, deciderOf(caller), clock.now())),
  );
  serve(app, services, api.resumeTask, async ({ caller, param }) =>
    viewOf(await tasks.resume(param("ref"), deciderOf(caller), clock.now())),
  );
  serve(app, services, api.cancelTask, async ({ body, caller, param }) =>
    viewOf(await tasks.cancel(param("ref"), { by: deciderOf(caller), ...body }, clock.now())),
  );
  serve(app, services, api.retryTask, async ({ caller, param }) =>
    viewOf(await tasks.retry(param("ref"), deciderOf(caller), clock.now())),
  );
}

export function viewOf({ seq: _seq, ...view }: TaskRecord): TaskView {
  return view;
}

function filterOf(
  { terminals }: Services,
  { state, terminal, ...query }: z.output<typeof taskQuery>,
): TaskFilter {
  return {
    ...query,
    states: state,
    terminalId: terminal === undefined ? undefined : terminals.find(terminal).record.id,
  };
}

function nextOf(found: readonly TaskRecord[], limit: number): number | null {
  return found.length < limit ? null : (found.at(-1)?.seq ?? null);
}
