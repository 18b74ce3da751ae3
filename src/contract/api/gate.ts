/** The doors of gates and hooks: what stands in front of an agent's commands calls them, with the agent's token. */
import { z } from "zod";
import { routes } from "../routes.ts";
import { AGENTS, type Api, POST, pattern } from "./route.ts";

/** What a shell can send without a JSON writer. */
const GATE = "application/vnd.conductor.gate";
/** A file that is written comes whole. */
const HOOK_BODY_BYTES = 8 * 1024 * 1024;

export const gateApi = {
  askGate: {
    ...POST,
    path: routes.gate,
    summary: "Ask the gate",
    about:
      "May this command run? Source, folder and text, with a NUL between. No content is a yes; else lines: `say TEXT` and `deny TEXT`, `allow DECISION` where the end is to be told, or `wait NUMBER` and then one of these.",
    scopes: AGENTS,
    body: z.string(),
    takes: GATE,
    maxBytes: HOOK_BODY_BYTES,
    response: z.string(),
    gives: "text/plain",
    canBeEmpty: true,
    errors: [],
  },
  tellExit: {
    ...POST,
    path: routes.gateExit,
    summary: "Tell how a command ended",
    about: "The decision's id and the exit code, with a NUL between; no content comes back.",
    scopes: AGENTS,
    body: z.string(),
    takes: GATE,
    response: z.string(),
    gives: "text/plain",
    canBeEmpty: true,
    errors: ["not_found"],
  },
  callHook: {
    ...POST,
    path: pattern(routes.hook(":contract", ":event")),
    summary: "Tell what an agent's own hook saw",
    about:
      "Payload and verdict are in the format of the agent's CLI. Whatever goes wrong is answered with a denial in that format and 200.",
    scopes: AGENTS,
    body: z.unknown(),
    maxBytes: HOOK_BODY_BYTES,
    response: z.looseObject({}),
    errors: [],
  },
} satisfies Api;
