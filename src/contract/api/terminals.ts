import { z } from "zod";
import { inputOutcome, inputRequest, logSlice } from "../input.ts";
import { routes } from "../routes.ts";
import { sessionDetail, sessionView } from "../sessions.ts";
import {
  attachRequest,
  attachView,
  launchOutcome,
  launchRequest,
  renameRequest,
  restartOutcome,
  restartRequest,
  screenView,
  shutdownOutcome,
  shutdownRequest,
  stopOutcome,
  stopRequest,
  teamRequest,
  terminalView,
  whyView,
} from "../terminals.ts";
import { type Api, flag, GET, POST, pattern } from "./route.ts";

const one = pattern(routes.terminal(":ref"));
const action = (name: string): string => pattern(routes.terminalAction(":ref", name));
/** A prompt may be as long as a message. */
const LONG_BODY_BYTES = 32 * 1024 * 1024;

export const terminalApi = {
  listSessions: {
    ...GET,
    path: routes.sessions,
    summary: "List sessions",
    about: "Those with a terminal that runs or was lost within a day; with `all` every known one.",
    query: z.strictObject({ all: flag }),
    response: z.array(sessionView),
    errors: [],
  },
  showSession: {
    ...GET,
    path: pattern(routes.session(":name")),
    summary: "Show a session",
    response: sessionDetail,
    errors: ["not_found"],
  },
  listTerminals: {
    ...GET,
    path: routes.terminals,
    summary: "List terminals",
    about: "What runs, and what was lost within a day; with `all` those that ended too.",
    query: z.strictObject({ all: flag }),
    response: z.array(terminalView),
    errors: [],
  },
  launchTerminal: {
    ...POST,
    path: routes.terminals,
    summary: "Launch a terminal",
    body: launchRequest,
    maxBytes: LONG_BODY_BYTES,
    response: launchOutcome,
    errors: ["not_found", "name.taken", "provider.missing_binary", "sandbox.unavailable"],
  },
  launchTeam: {
    ...POST,
    path: routes.teams,
    summary: "Launch a team",
    about: "Agents of it that run already are kept.",
    body: teamRequest,
    maxBytes: LONG_BODY_BYTES,
    response: launchOutcome,
    errors: ["team.invalid", "not_found"],
  },
  shutDown: {
    ...POST,
    path: routes.shutdown,
    summary: "Shut terminals down",
    body: shutdownRequest,
    response: shutdownOutcome,
    errors: ["not_found"],
  },
  showTerminal: {
    ...GET,
    path: one,
    summary: "Show a terminal",
    response: terminalView,
    errors: ["not_found", "name.ambiguous"],
  },
  explainStatus: {
    ...GET,
    path: action("why"),
    summary: "Explain a status",
    about: "The evidence for it, strongest first, and what delivery waits for.",
    response: whyView,
    errors: ["not_found", "name.ambiguous"],
  },
  readScreen: {
    ...GET,
    path: action("screen"),
    summary: "Read a screen",
    about: "As the terminal shows it now, colours as escape sequences.",
    response: screenView,
    errors: ["not_found", "name.ambiguous", "pane.gone"],
  },
  readLog: {
    ...GET,
    path: action("log"),
    summary: "Read a log",
    about:
      "What the agent wrote, from `offset` on; without it the end. Ask again with `next` as `offset`.",
    query: z.strictObject({
      offset: z.coerce.number().int().min(0).optional(),
      limit: z.coerce.number().int().min(1_024).max(1_000_000).default(65_536),
    }),
    response: logSlice,
    errors: ["not_found", "name.ambiguous"],
  },
  typeInput: {
    ...POST,
    path: action("input"),
    summary: "Type into a terminal",
    about:
      "What a person does in an attached pane. It is not queued and waits for nothing: to give an agent work, send a message.",
    isFromOutside: true,
    body: inputRequest,
    response: inputOutcome,
    errors: ["not_found", "name.ambiguous", "pane.gone", "pane.not_ready"],
  },
  attach: {
    ...POST,
    path: action("attach"),
    summary: "Attach to a terminal",
    about: "Prepares a view; `argv` is what to run for it.",
    body: attachRequest,
    response: attachView,
    errors: ["not_found", "name.ambiguous", "pane.gone"],
  },
  stopTerminal: {
    ...POST,
    path: action("stop"),
    summary: "Stop a terminal",
    body: stopRequest,
    response: stopOutcome,
    errors: ["not_found", "name.ambiguous"],
  },
  restartTerminal: {
    ...POST,
    path: action("restart"),
    summary: "Restart a terminal",
    body: restartRequest,
    response: restartOutcome,
    errors: ["not_found", "name.ambiguous", "provider.missing_binary"],
  },
  interruptTerminal: {
    ...POST,
    path: action("interrupt"),
    summary: "Interrupt a terminal",
    response: z.object({ interrupted: z.boolean() }),
    errors: ["not_found", "name.ambiguous", "pane.gone", "state.conflict"],
  },
  renameTerminal: {
    ...POST,
    path: action("rename"),
    summary: "Rename a terminal",
    body: renameRequest,
    response: terminalView,
    errors: ["not_found", "name.ambiguous", "name.taken"],
  },
} satisfies Api;
