import type { CommandEntry } from "./command-entry.ts";

/** Every command, each loaded only when it is called. The order is the one of the help. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  launch: {
    about: "start one agent or a whole team",
    group: "daily",
    handsOnTail: true,
    load: () => import("./launch.ts"),
  },
  ls: { about: "list every terminal", group: "daily", load: () => import("./ls.ts") },
  attach: { about: "watch an agent work", group: "daily", load: () => import("./attach.ts") },
  send: { about: "send an agent a message", group: "daily", load: () => import("./send.ts") },
  handoff: {
    about: "give work to another agent, wait for its answer",
    group: "daily",
    load: () => import("./handoff.ts"),
  },
  assign: {
    about: "the same without waiting",
    group: "daily",
    load: () => import("./assign.ts"),
  },
  handoffs: {
    about: "work that was given, and its results",
    group: "daily",
    load: () => import("./handoffs.ts"),
  },
  task: {
    about: "work that waits in the queue",
    group: "daily",
    load: () => import("./task.ts"),
  },
  lock: {
    about: "what tasks keep for themselves",
    group: "daily",
    load: () => import("./lock.ts"),
  },
  inbox: {
    about: "messages and where they stand",
    group: "daily",
    load: () => import("./inbox.ts"),
  },
  why: { about: "what decided a status", group: "daily", load: () => import("./why.ts") },
  approvals: {
    about: "what agents are asking a human",
    group: "daily",
    load: () => import("./approvals.ts"),
  },
  approve: {
    about: "say yes to one exact action",
    group: "daily",
    load: () => import("./approve.ts"),
  },
  deny: { about: "say no to it, with a reason", group: "daily", load: () => import("./deny.ts") },
  grants: {
    about: "what is approved from now on",
    group: "daily",
    load: () => import("./grants.ts"),
  },
  panel: { about: "the side pane", group: "daily", load: () => import("./panel.ts") },
  shutdown: {
    about: "end a session's agents",
    group: "daily",
    load: () => import("./shutdown.ts"),
  },
  screen: { about: "print its screen", group: "agents", load: () => import("./screen.ts") },
  logs: { about: "print what it wrote", group: "agents", load: () => import("./logs.ts") },
  interrupt: {
    about: "stop what it is doing now",
    group: "agents",
    load: () => import("./interrupt.ts"),
  },
  stop: { about: "ask it to exit", group: "agents", load: () => import("./stop.ts") },
  restart: { about: "start it again", group: "agents", load: () => import("./restart.ts") },
  rename: { about: "call it something else", group: "agents", load: () => import("./rename.ts") },
  ai: {
    about: "agents that can be given tasks: register, label, enable",
    group: "setup",
    load: () => import("./ai.ts"),
  },
  init: {
    about: "write a starter team into .ai/",
    group: "setup",
    load: () => import("./init.ts"),
  },
  install: {
    about: "install a provider or a profile",
    group: "setup",
    load: () => import("./install.ts"),
  },
  provider: {
    about: "the agent CLIs that it can drive",
    group: "setup",
    load: () => import("./provider-command.ts"),
  },
  profile: { about: "the roles", group: "setup", load: () => import("./profile.ts") },
  usage: {
    about: "the tokens that agents took",
    group: "agents",
    load: () => import("./usage.ts"),
  },
  decisions: {
    about: "what the gate decided",
    group: "setup",
    load: () => import("./decisions.ts"),
  },
  audit: {
    about: "prove that the records are as they were written",
    group: "setup",
    load: () => import("./audit.ts"),
  },
  policy: {
    about: "the rules: check, explain and trust them",
    group: "setup",
    load: () => import("./policy.ts"),
  },
  token: {
    about: "who else may act, and who may look",
    group: "setup",
    load: () => import("./token.ts"),
  },
  guard: {
    about: "what the policy says to a command",
    group: "setup",
    load: () => import("./guard.ts"),
  },
  config: { about: "the settings in force", group: "setup", load: () => import("./config.ts") },
  doctor: {
    about: "what is missing, and the command that mends it",
    group: "setup",
    load: () => import("./doctor.ts"),
  },
  auto: {
    about: "let the daemon take tasks by itself",
    group: "setup",
    load: () => import("./auto.ts"),
  },
  daemon: {
    about: "start, stop and look at the daemon",
    group: "setup",
    load: () => import("./daemon.ts"),
  },
  events: { about: "the journal", group: "setup", load: () => import("./events.ts") },
  mcp: {
    about: "the tools of agents, on stdin and stdout",
    group: "setup",
    load: () => import("./mcp.ts"),
  },
  notify: {
    about: "who is told of what: desktop, tmux, webhooks, inboxes",
    group: "setup",
    load: () => import("./notify.ts"),
  },
  openapi: {
    about: "the REST interface, as OpenAPI 3.1",
    group: "setup",
    load: () => import("./openapi.ts"),
  },
  completion: {
    about: "tab completion for bash, zsh and fish",
    group: "setup",
    load: () => import("./completion.ts"),
  },
  "fake-agent": {
    about: "the scripted agent, for demos and tests",
    group: "setup",
    handsOnTail: true,
    load: () => import("./fake-agent.ts"),
  },
};
