/** Why a task is where it is, and what a person can do. */
import type { Clock } from "../base/clock.ts";
import type { AttemptView, AutoView, TaskWhy } from "../contract/execution.ts";
import type { ApprovalStore } from "../core/approvals/index.ts";
import {
  type AttemptStore,
  type AutoStore,
  type TaskRecord,
  type TaskStore,
} from "../core/tasks/index.ts";
import type { Auto } from "./auto.ts";
import type { TaskRouting } from "./task-routing.ts";

export interface WhyPorts {
  readonly tasks: TaskStore;
  readonly attempts: Pick<AttemptStore, "of">;
  readonly autoStore: Pick<AutoStore, "asked">;
  readonly approvals: Pick<ApprovalStore, "get">;
  readonly auto: Pick<Auto, "setting" | "left">;
  readonly route: TaskRouting["route"];
  readonly clock: Clock;
}

type Told = Pick<TaskWhy, "says" | "next">;

export async function whyTask(
  ports: WhyPorts,
  ref: string,
): Promise<Omit<TaskWhy, "task"> & { task: TaskRecord }> {
  const task = await ports.tasks.get(ref);
  const [attempts, { upstream }, asked] = await Promise.all([
    ports.attempts.of(task.id),
    ports.tasks.dependencies(task.id),
    ports.autoStore.asked(task.id),
  ]);
  const waits = task.state === "queued" || task.state === "blocked";
  const routing = waits ? await ports.route(task) : (attempts[0]?.routing ?? null);
  const approval = asked === undefined ? null : await ports.approvals.get(asked);
  const open = upstream.filter(({ isOpen }) => isOpen);
  const seen = { task, attempts, routing, open, approval };
  const told = task.state === "queued" ? await queued(ports, seen) : toldOf(seen);
  return { task, ...told, routing, upstream: [...upstream], approval, attempts: [...attempts] };
}

/** What stays in the queues though the daemon takes tasks by itself: of the newest, so many. */
export async function whyLeft(
  ports: WhyPorts,
  most: number,
): Promise<Pick<AutoView, "left" | "queued">> {
  const { on, queues } = await ports.auto.setting();
  const counts = (await ports.tasks.groupCounts()).filter(({ queue }) => queues.includes(queue));
  const waiting = counts.reduce((sum, { states }) => sum + (states.queued ?? 0), 0);
  if (!on) return { left: [], queued: waiting };
  const states = ["queued"] as const;
  const found = await Promise.all(
    queues.map((queue) => ports.tasks.list({ states, queue, limit: most })),
  );
  const told = found.flat().map(async ({ id, title }) => {
    const { task, says, routing } = await whyTask(ports, id);
    // Who will take it is no reason why it stays.
    const stays = routing?.picked == null ? says : says.filter((each) => each !== routing.why);
    return { task: id, title, why: task.state === "queued" ? stays.join("; ") : "" };
  });
  const left = (await Promise.all(told)).filter(({ why }) => why !== "");
  return { left: left.slice(0, most), queued: waiting };
}

interface Seen extends Pick<TaskWhy, "routing" | "approval"> {
  readonly task: TaskRecord;
  readonly attempts: readonly AttemptView[];
  readonly open: TaskWhy["upstream"];
}

function toldOf({ task, attempts, open }: Seen): Told {
  const { id, state, reason, error, lease } = task;
  const show = `conductor task show ${id}`;
  const retry = `conductor task retry ${id}`;
  const failure = error === null ? "" : `: ${error.message}`;
  const because = reason === null ? "" : `: ${reason}`;
  switch (state) {
    case "blocked":
      return {
        says: open.map(
          (edge) => `it waits for ${edge.task} ("${edge.title}"), which is ${edge.state}`,
        ),
        next: `conductor task deps ${id}`,
      };
    case "claimed":
    case "running":
      return {
        says: [`it is done by ${lease?.owner ?? "nobody"}`, ...attempts.slice(0, 1).map(underWay)],
        next: null,
      };
    case "waiting":
      return { says: [`it waits for a person${because}`], next: show };
    case "done":
      return { says: ["it is done"], next: show };
    case "failed":
      return { says: [`it failed for good${failure}`], next: retry };
    case "dead":
      return {
        says: [
          task.maxAttempts === 1
            ? `its only attempt failed${failure}`
            : `all ${task.maxAttempts} attempts failed, the last one${failure}`,
        ],
        next: retry,
      };
    case "cancelled":
      return { says: [`it was cancelled${because}`], next: retry };
    case "queued":
      return { says: [], next: null };
    default:
      return state satisfies never;
  }
}

function underWay({ attempt, state, origin, terminalId, routing }: AttemptView): string {
  return `attempt ${attempt} is ${state} in the ${origin} terminal ${terminalId}: ${routing.why}`;
}

async function queued(ports: WhyPorts, seen: Seen): Promise<Told> {
  const { task, routing, approval } = seen;
  const { id, runAt, error, group } = task;
  const says: string[] = [];
  if (error !== null) says.push(`its attempt before failed: ${error.message}`);
  const leftMs = runAt - ports.clock.now();
  if (leftMs > 0) says.push(`its time comes in ${Math.ceil(leftMs / 1_000)} s`);
  for (const lock of await ports.tasks.locks())
    if (lock.waiting.some((waiter) => waiter.task === id))
      says.push(`it waits for ${lock.kind} ${lock.glob}, which ${lock.task} ("${lock.title}") has`);
  if (group !== null) says.push(`of its group ${group.key} ${group.limit} may run at a time`);
  if (approval?.state === "pending")
    return {
      says: [...says, `it waits for approval #${approval.number}`],
      next: `conductor approve ${approval.number}`,
    };
  if (routing !== null) says.push(routing.why);
  const { on, queues } = await ports.auto.setting();
  const left = ports.auto.left.get(id);
  if (!on) says.push("the daemon takes no tasks by itself");
  else if (!queues.includes(task.queue))
    says.push(`the daemon takes nothing from the queue ${task.queue}`);
  else if (left !== undefined && left !== routing?.why) says.push(left);
  if (routing?.outcome === "nobody") return { says, next: "conductor ai list" };
  return { says, next: on && left === undefined ? null : `conductor task execute ${id}` };
}
