import { z } from "zod";
import type { ErrorCode } from "../../base/errors.ts";
import { routes } from "../routes.ts";
import {
  cancelRequest,
  claimedTask,
  claimRequest,
  completeRequest,
  createdTask,
  createRequest,
  evidenceRequest,
  exportPage,
  failRequest,
  heartbeatRequest,
  linkRequest,
  locksRequest,
  reasonRequest,
  startRequest,
  taskCounts,
  taskDependencies,
  taskPage,
  taskQuery,
} from "../task-calls.ts";
import { lockView, taskView } from "../tasks.ts";
import { ACTORS, type Api, GET, POST, pattern } from "./route.ts";

const NAMED: readonly ErrorCode[] = ["not_found", "name.ambiguous"];
const MOVED: readonly ErrorCode[] = [...NAMED, "task.wrong_state"];
const HELD: readonly ErrorCode[] = [...MOVED, "task.lease_lost"];

/** Many tasks with their prompts and payloads. */
const MOST_BYTES = 32 * 1024 * 1024;
const OWN =
  "With the fence of the claim; an agent in a pane needs none, and can name only its own.";

/** One thing that is done to a task. */
function act<S extends z.ZodType>(action: string, body: S) {
  return { ...POST, path: pattern(routes.taskAction(":ref", action)), body, response: taskView };
}

export const taskApi = {
  countTasks: {
    ...GET,
    path: routes.taskCounts,
    summary: "Count tasks by state, queue and group",
    response: taskCounts,
    errors: [],
  },
  exportTasks: {
    ...GET,
    path: routes.taskExport,
    summary: "List tasks as another conductor can create them",
    query: taskQuery,
    response: exportPage,
    errors: NAMED,
  },
  claimTask: {
    ...POST,
    path: routes.taskClaim,
    summary: "Claim a task",
    about:
      "The one that is named, else the next that is due, suits the caller, and has its locks and a place in its group free. No content: there is none. An agent works on one at a time; the same call again gives it the same.",
    scopes: ACTORS,
    body: claimRequest,
    response: claimedTask,
    canBeEmpty: true,
    errors: [...MOVED, "task.locked"],
  },
  listTasks: {
    ...GET,
    path: routes.tasks,
    summary: "List tasks",
    about: "Newest first.",
    query: taskQuery,
    response: taskPage,
    errors: NAMED,
  },
  createTasks: {
    ...POST,
    path: routes.tasks,
    summary: "Create tasks",
    about: "All of them or none. The same `key` again gives the task that is there.",
    body: createRequest,
    maxBytes: MOST_BYTES,
    response: z.array(createdTask),
    errors: [...NAMED, "state.conflict", "task.cycle", "task.too_large", "task.bad_glob"],
  },
  showTask: {
    ...GET,
    path: pattern(routes.task(":ref")),
    summary: "Show a task",
    response: taskView,
    errors: NAMED,
  },
  showTaskDependencies: {
    ...GET,
    path: pattern(routes.taskAction(":ref", "dependencies")),
    summary: "Show what a task depends on, and what depends on it",
    response: taskDependencies,
    errors: NAMED,
  },
  linkTask: {
    ...act("dependencies", linkRequest),
    summary: "Make a task depend on others",
    about: "As long as nobody has begun it.",
    errors: [...MOVED, "task.cycle"],
  },
  startTask: {
    ...act("start", startRequest),
    summary: "Begin a claimed task",
    about: OWN,
    scopes: ACTORS,
    errors: HELD,
  },
  beatTask: {
    ...act("heartbeat", heartbeatRequest),
    summary: "Renew the lease of a task, and tell how far it is",
    about: `${OWN} A lease that is not renewed runs out. The daemon renews those of the panes that it sees at work.`,
    scopes: ACTORS,
    errors: HELD,
  },
  addTaskEvidence: {
    ...act("evidence", evidenceRequest),
    summary: "Add evidence to a task",
    about: OWN,
    scopes: ACTORS,
    errors: [...HELD, "task.too_large"],
  },
  completeTask: {
    ...act("complete", completeRequest),
    summary: "Complete a task",
    about: `${OWN} The same call again gives the same task.`,
    scopes: ACTORS,
    errors: [...HELD, "task.too_large"],
  },
  failTask: {
    ...act("fail", failRequest),
    summary: "Fail a task",
    about: `${OWN} \`retryable\`: tried again after a while, until its attempts are used up; \`rate_limited\`: the same, and it costs no attempt; \`permanent\`: for good.`,
    scopes: ACTORS,
    errors: HELD,
  },
  releaseTask: {
    ...act("release", reasonRequest),
    summary: "Give a task back undone",
    about: `${OWN} It costs no attempt.`,
    scopes: ACTORS,
    errors: HELD,
  },
  putTaskBy: {
    ...act("wait", reasonRequest),
    summary: "Put a task by until a person resumes it",
    about: `${OWN} It keeps neither lease nor locks.`,
    scopes: ACTORS,
    errors: HELD,
  },
  lockForTask: {
    ...POST,
    path: pattern(routes.taskAction(":ref", "locks")),
    summary: "Take further locks for a task",
    about: `${OWN} All or none.`,
    scopes: ACTORS,
    body: locksRequest,
    response: taskView,
    errors: [...HELD, "task.locked", "task.bad_glob"],
  },
  resumeTask: {
    ...act("resume", z.strictObject({})),
    summary: "Resume a task that waits",
    errors: MOVED,
  },
  cancelTask: {
    ...act("cancel", cancelRequest),
    summary: "Cancel a task",
    errors: MOVED,
  },
  retryTask: {
    ...act("retry", z.strictObject({})),
    summary: "Try a task again that is over",
    about: "With all its attempts anew; what it had taken down comes back too.",
    errors: MOVED,
  },
  listLocks: {
    ...GET,
    path: routes.locks,
    summary: "List locks, with who holds each and who waits for it",
    response: z.array(lockView),
    errors: [],
  },
} satisfies Api;
