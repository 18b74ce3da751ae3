import { z } from "zod";
import { autoRequest, autoView, executed, taskWhy } from "../execution.ts";
import { routes } from "../routes.ts";
import { type Api, GET, POST, pattern, VIEWERS } from "./route.ts";

export const executionApi = {
  executeTask: {
    ...POST,
    path: pattern(routes.taskAction(":ref", "execute")),
    summary: "Have a task done now",
    about:
      "By the agent that the router picks, whatever comes before it in the queue. Whoever calls this is not asked again where the policy asks before the daemon takes a task by itself.",
    response: executed,
    errors: ["not_found", "name.ambiguous", "state.conflict", "task.wrong_state", "task.locked"],
  },
  explainTask: {
    ...GET,
    path: pattern(routes.taskAction(":ref", "why")),
    summary: "Tell why a task is where it is",
    about: "With all agents as the router sees them, and the attempts so far.",
    response: taskWhy,
    errors: ["not_found", "name.ambiguous"],
  },
  readBlob: {
    ...GET,
    path: pattern(routes.blob(":sha")),
    summary: "Read a text of a task's evidence",
    scopes: VIEWERS,
    response: z.string(),
    gives: "text/plain",
    errors: ["not_found"],
  },
  showAuto: {
    ...GET,
    path: routes.auto,
    summary: "Show whether the daemon takes tasks by itself, and what it does",
    response: autoView,
    errors: [],
  },
  turnAuto: {
    ...POST,
    path: routes.auto,
    summary: "Switch on or off that the daemon takes tasks by itself",
    about:
      "It holds over restarts. Switched off, it ends what is under way, or gives it back with `release`.",
    body: autoRequest,
    response: autoView,
    errors: [],
  },
} satisfies Api;
