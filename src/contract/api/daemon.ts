import { z } from "zod";
import { profileView, providerView } from "../catalog.ts";
import { configSchema } from "../config.ts";
import { daemonView, healthView, journalEvent } from "../events.ts";
import { routes } from "../routes.ts";
import { type Api, GET, POST, pattern } from "./route.ts";

export const daemonApi = {
  readOpenApi: {
    ...GET,
    path: routes.openapi,
    summary: "Read this document",
    scopes: [],
    response: z.looseObject({ openapi: z.string() }),
    errors: [],
  },
  checkHealth: {
    ...GET,
    path: routes.health,
    summary: "Check the daemon's health",
    about:
      "For a monitor: 500 while the store or the journal does not answer, 503 while tmux does not and agents need it.",
    scopes: [],
    response: healthView,
    errors: ["store.broken", "tmux.lost"],
  },
  status: {
    ...GET,
    path: routes.status,
    summary: "Show the daemon",
    response: daemonView,
    errors: [],
  },
  config: {
    ...GET,
    path: routes.config,
    summary: "Show the settings in force",
    response: configSchema,
    errors: [],
  },
  stopDaemon: {
    ...POST,
    path: routes.stopDaemon,
    summary: "Stop the daemon",
    about: "Agents go on working.",
    response: z.object({ stopping: z.boolean() }),
    errors: [],
  },
  listProviders: {
    ...GET,
    path: routes.providers,
    summary: "List providers",
    about: "Values of environment variables are shown to people only.",
    response: z.array(providerView),
    errors: [],
  },
  showProvider: {
    ...GET,
    path: pattern(routes.provider(":name")),
    summary: "Show a provider",
    response: providerView,
    errors: ["not_found", "provider.invalid"],
  },
  listProfiles: {
    ...GET,
    path: routes.profiles,
    summary: "List profiles",
    response: z.array(profileView),
    errors: [],
  },
  showProfile: {
    ...GET,
    path: pattern(routes.profile(":name")),
    summary: "Show a profile",
    response: profileView,
    errors: ["not_found", "profile.invalid"],
  },
  followEvents: {
    ...GET,
    path: routes.events,
    summary: "Follow the journal",
    about:
      "Server-sent events, one for each row of the journal: `id` is its sequence number, `data` the row as JSON. `Last-Event-ID` or `?after=` goes on behind a row; without it only new ones come. An event `reset` says that rows between are gone: load everything anew. A line of comment every 15 s shows that the connection lives.",
    query: z.strictObject({ after: z.coerce.number().int().min(0).optional() }),
    response: journalEvent,
    gives: "text/event-stream",
    errors: [],
  },
} satisfies Api;
