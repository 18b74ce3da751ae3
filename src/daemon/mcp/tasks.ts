/** Tools with which an agent works the queue: what waits, taking one, telling how far it is, settling it. */
import { z } from "zod";
import { errorClass, taskState } from "../../contract/tasks.ts";
import type { Lease, TaskRecord, TaskStore } from "../../core/tasks/index.ts";
import { claimTask } from "../task-offers.ts";
import { type Tool, type ToolCall, tool, usage, whileTelling } from "./tool.ts";

/** As much of a text as shows what it is about. */
const SHOWN = 2_000;
const LISTED = 50;

const id = z.string().min(1).max(200);
const own = id
  .optional()
  .describe("Id of the task (task_…). Leave it away for the one that you work on.");

const listTasks = tool({
  name: "list_tasks",
  title: "List the tasks of the queue",
  description:
    "Lists tasks, newest first, with id, title, state, what each needs and who holds it. Without a state: those that are not over. Use it to see what there is to do, and how work of yours stands; claim_task gives you the next one without looking.",
  readOnly: true,
  input: z.strictObject({
    state: taskState
      .optional()
      .describe(
        "Only tasks in this state: queued ones can be claimed, blocked ones wait for others, waiting ones for a human.",
      ),
    queue: id.optional().describe("Only tasks of this queue."),
    label: id.optional().describe("Only tasks with this label."),
    mine: z.boolean().optional().describe("True lists only tasks that you hold or held last."),
    task: id.optional().describe("Id of one task: shows it whole, with its result and evidence."),
  }),
  run: async ({ state, queue, label, mine, task }, { services, own: { record } }) => {
    if (task !== undefined) return wholeText(await services.tasks.get(task));
    const found = await services.tasks.list({
      states: state === undefined ? OPEN : [state],
      queue,
      label,
      terminalId: mine === true ? record.id : undefined,
      limit: LISTED,
    });
    if (found.length === 0) return "No such tasks.";
    const shown = found.map((each) => factsOf(each, record.id));
    return JSON.stringify(shown, null, 1);
  },
});

const OPEN = ["queued", "claimed", "running", "blocked", "waiting"] as const;

const claim = tool({
  name: "claim_task",
  title: "Take a task from the queue",
  description:
    "Takes the next task that suits you, or the one you name, and returns what is to be done. From then on it is yours alone, with its locks, until you settle it with complete_task or fail_task; you hold one at a time. Calling it again while you hold one gives you that one again. When there is none, end your turn instead of asking again and again.",
  input: z.strictObject({
    task: id.optional().describe("Id of the task to take. Leave it away for the next one."),
    queue: id.optional().describe('Take the next of this queue. Leave it away for "default".'),
  }),
  run: async (asked, call) => {
    const task = await claimTask(call.services, call.caller, asked);
    if (task !== undefined) return workText(task, await basis(task, call));
    return "There is no task for you now. End your turn, or go on with other work.";
  },
});

const update = tool({
  name: "update_task",
  title: "Tell how far your task is, or lay it down",
  description:
    "Tells those who watch how far the task is that you hold. With give_back: returns it to the queue undone, for another agent. With needs_human: puts it by until a human has answered. The error lease_lost means that it is not yours any more: stop working on it.",
  input: z.strictObject({
    task: own,
    note: z.string().max(500).optional().describe("What you do now, in one line."),
    share: z.number().min(0).max(1).optional().describe("How much is done, from 0 to 1."),
    locks: z
      .array(z.string().min(1).max(500))
      .max(20)
      .optional()
      .describe(
        "Further paths or globs that you are about to change, from the project's folder, as src/api/**. Refused while another task holds one of them.",
      ),
    give_back: z
      .string()
      .min(1)
      .max(2_000)
      .optional()
      .describe("Why you give it back undone; it costs no attempt."),
    needs_human: z
      .string()
      .min(1)
      .max(2_000)
      .optional()
      .describe("What a human has to decide or do before anybody can go on."),
  }),
  run: async (said, call) => {
    const { give_back: back, needs_human: needs } = said;
    if (back !== undefined && needs !== undefined)
      throw usage("give give_back or needs_human, not both", "choose who goes on with it");
    const { tasks, clock } = call.services;
    const lease = await leaseOf(call, said.task);
    if (back !== undefined) {
      const { title } = await tasks.release(lease, back, clock.now());
      return `"${title}" is back in the queue. Do not work on it any more.`;
    }
    if (needs !== undefined) {
      const { title } = await tasks.wait(lease, needs, clock.now());
      return `"${title}" waits for a human, and is not yours meanwhile. Do not work on it any more.`;
    }
    if (said.locks !== undefined) {
      const locks = said.locks.map((glob) => ({ kind: "path", glob, mode: "exclusive" }) as const);
      await tasks.acquireLocks(lease, locks, clock.now());
    }
    const progress =
      said.note === undefined && said.share === undefined
        ? undefined
        : { note: said.note ?? "", share: said.share ?? null };
    await tasks.heartbeat(lease, progress, clock.now());
    return "Noted. The task is still yours.";
  },
});

const complete = tool({
  name: "complete_task",
  title: "Hand in a task as done",
  description:
    "Settles the task that you hold as done, with its result. Call it only when everything that the task asks for is done and checked; otherwise fail_task or update_task. Tasks that depend on this one go on with its result.",
  input: z.strictObject({
    task: own,
    result: z
      .string()
      .min(1)
      .max(200_000)
      .describe("What was done and found, for whoever reads it without knowing your conversation."),
    data: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Facts for programs, as an object: numbers, paths, commit ids."),
  }),
  run: async ({ task, result, data }, call) => {
    const before = await doneBefore(call, { task, text: result });
    const outcome = { result: { ...data, text: result } };
    const done = before ?? (await handIn(call, await leaseOf(call, task), outcome));
    if (done.state === "done") return `"${done.title}" is done. claim_task gives you the next one.`;
    return `The result of "${done.title}" is handed in. End your turn: what else it names is checked then.`;
  },
});

const fail = tool({
  name: "fail_task",
  title: "Say that a task could not be done",
  description:
    "Settles your attempt at the task that you hold as failed, with the reason. An honest failure is worth more than a wrong result. Unless it is permanent it is tried again later, by you or another agent, until its attempts are used up.",
  input: z.strictObject({
    task: own,
    reason: z
      .string()
      .min(1)
      .max(10_000)
      .describe("What you tried, what went wrong, and what whoever tries next should know."),
    class: errorClass
      .optional()
      .describe(
        "retryable: another try may do it (the default). permanent: no try can, as where the task itself is wrong. rate_limited: a limit of yours stands in the way; it costs no attempt.",
      ),
    retry_after_seconds: z
      .number()
      .int()
      .min(1)
      .max(7 * 86_400)
      .optional()
      .describe("Not tried again before that, as where you know when a limit is over."),
  }),
  run: async ({ task, reason, class: kind, retry_after_seconds: seconds }, call) => {
    const { tasks, clock } = call.services;
    const now = clock.now();
    const lease = await leaseOf(call, task);
    const failure = {
      class: kind ?? "retryable",
      code: "agent_failed",
      message: reason,
      retryAt: seconds === undefined ? undefined : now + seconds * 1_000,
    } as const;
    const { title, state } = await tasks.fail(lease, failure, [], now);
    if (state === "running") return `Noted: "${title}" failed. End your turn.`;
    const next = state === "queued" ? "It will be tried again." : `It is ${state} now.`;
    return `Noted: "${title}" failed. ${next} claim_task gives you another one.`;
  },
});

export const taskTools: readonly Tool[] = [listTasks, claim, update, complete, fail];

function leaseOf({ services, caller }: ToolCall, task: string | undefined): Promise<Lease> {
  return services.taskDesk.leaseOf(caller, { task });
}

/** A check may take long: the client is told that it runs. */
async function handIn(
  call: ToolCall,
  lease: Lease,
  outcome: Parameters<TaskStore["complete"]>[1],
): Promise<TaskRecord> {
  const { tasks, clock } = call.services;
  const { execution } = await tasks.get(lease.id);
  const work = tasks.complete(lease, outcome, clock.now());
  if (execution.check === null) return work;
  return whileTelling(call, async () => "the task's check runs", work);
}

const REPEATED_MS = 60_000;

/** A call whose answer was cut off is made again, by a bridge or by the model: it is done already. */
async function doneBefore(
  { services, own: { record } }: ToolCall,
  { task, text }: { readonly task: string | undefined; readonly text: string },
): Promise<TaskRecord | undefined> {
  const { tasks, clock } = services;
  const held = await tasks.list({
    terminalId: record.id,
    states: ["claimed", "running"],
    limit: 1,
  });
  if (held.length > 0) return undefined;
  const done = await tasks.list({ terminalId: record.id, states: ["done"], limit: 10 });
  const since = clock.now() - REPEATED_MS;
  return done.find(
    (each) =>
      (task === undefined || each.id === task) &&
      (each.finishedAt ?? 0) >= since &&
      each.result?.["text"] === text,
  );
}

function factsOf(task: TaskRecord, terminalId: string) {
  const { id: named, title, state, type, queue, priority, labels, capabilities } = task;
  return {
    id: named,
    title,
    state,
    type,
    queue,
    priority,
    labels,
    capabilities,
    ...(task.agent === null ? {} : { agent: task.agent }),
    ...(task.reason === null ? {} : { reason: task.reason }),
    ...(task.progress === null ? {} : { progress: task.progress }),
    ...(task.lease === null ? {} : { holder: task.lease.owner }),
    ...(task.terminalId === terminalId ? { you: true } : {}),
  };
}

function wholeText({ seq: _seq, fence: _fence, ...task }: TaskRecord): string {
  return JSON.stringify(task, null, 1);
}

/** What the tasks came to that this one depends on. */
async function basis({ id: named }: TaskRecord, { services }: ToolCall): Promise<string[]> {
  const { upstream } = await services.tasks.dependencies(named);
  const all = await Promise.all(upstream.map(({ task }) => services.tasks.get(task)));
  return all.map(({ id: on, title, state, result }) => {
    const said = result === null ? "no result" : JSON.stringify(result);
    return `${on} "${title}" is ${state}: ${said.slice(0, SHOWN).toWellFormed()}`;
  });
}

function workText(task: TaskRecord, before: readonly string[]): string {
  const { id: named, title, type, attempt, maxAttempts, payload, locks, execution, error } = task;
  const facts: readonly (string | null)[] = [
    `You hold task ${named}: "${title}" (${type}, attempt ${attempt} of ${maxAttempts}).`,
    execution.cwd === null ? null : `Folder: ${execution.cwd}`,
    locks.length === 0
      ? null
      : `Yours alone meanwhile: ${locks.map(({ glob }) => glob).join(", ")}`,
    error === null ? null : `The attempt before failed: ${error.message}`,
    Object.keys(payload).length === 0 ? null : `Payload: ${JSON.stringify(payload)}`,
    before.length === 0 ? null : `What it builds on:\n${before.join("\n")}`,
    `What is to be done:\n${task.prompt ?? title}`,
    execution.check === null
      ? null
      : `It is done only when this passes, which complete_task runs: ${execution.check}`,
    "When it is done and checked call complete_task; when it cannot be done, fail_task. Between them update_task tells how far it is.",
  ];
  return facts.filter((fact) => fact !== null).join("\n\n");
}
