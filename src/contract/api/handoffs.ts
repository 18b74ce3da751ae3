import { z } from "zod";
import { handoffRequest, handoffView } from "../handoffs.ts";
import { MESSAGE_LIMIT_BYTES } from "../messages.ts";
import { routes } from "../routes.ts";
import { ACTORS, type Api, flag, GET, HOUR_MS, POST, pattern, waitOf } from "./route.ts";

const waiting = z.strictObject({ waitMs: waitOf(HOUR_MS) });

export const handoffApi = {
  listHandoffs: {
    ...GET,
    path: routes.handoffs,
    summary: "List handoffs",
    about: "To an agent its own ones.",
    query: z.strictObject({ open: flag }),
    response: z.array(handoffView),
    errors: [],
  },
  requestHandoff: {
    ...POST,
    path: routes.handoffs,
    summary: "Hand work on",
    about:
      "Stored first, then waited for up to `waitMs`. The same `key` again asks for the same handoff.",
    scopes: ACTORS,
    query: waiting,
    body: handoffRequest,
    maxBytes: 2 * MESSAGE_LIMIT_BYTES,
    response: handoffView,
    errors: ["not_found", "name.ambiguous", "state.conflict", "message.too_large"],
  },
  showHandoff: {
    ...GET,
    path: pattern(routes.handoff(":ref")),
    summary: "Show a handoff",
    about: "Answers when it is settled, or as it stands after `waitMs`.",
    query: waiting,
    response: handoffView,
    errors: ["not_found", "name.ambiguous"],
  },
  cancelHandoff: {
    ...POST,
    path: pattern(routes.cancelHandoff(":ref")),
    summary: "Cancel a handoff",
    about: "An agent only one that it asked for.",
    scopes: ACTORS,
    response: handoffView,
    errors: ["not_found", "name.ambiguous", "state.conflict"],
  },
} satisfies Api;
