import { z } from "zod";
import { routes } from "../routes.ts";
import {
  attachRequest,
  attachView,
  launchOutcome,
  launchRequest,
  renameRequest,
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
    response: terminalView,
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
