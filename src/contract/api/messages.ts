import { z } from "zod";
import { MESSAGE_LIMIT_BYTES, messageView, sendRequest } from "../messages.ts";
import { routes } from "../routes.ts";
import { ACTORS, type Api, GET, HOUR_MS, POST, pattern, waitOf } from "./route.ts";

export const messageApi = {
  listMessages: {
    ...GET,
    path: routes.messages,
    summary: "List messages",
    query: z.strictObject({ to: z.string().optional() }),
    response: z.array(messageView),
    errors: ["not_found", "name.ambiguous"],
  },
  sendMessage: {
    ...POST,
    path: routes.messages,
    summary: "Send a message",
    about: "One for each terminal that is meant. The same `dedupeKey` again is the same message.",
    scopes: ACTORS,
    body: sendRequest,
    // Escaped, a text is longer.
    maxBytes: 2 * MESSAGE_LIMIT_BYTES,
    response: z.array(messageView),
    errors: ["not_found", "name.ambiguous", "message.too_large"],
  },
  showMessage: {
    ...GET,
    path: pattern(routes.message(":id")),
    summary: "Show a message",
    response: messageView,
    errors: ["not_found", "name.ambiguous"],
  },
  cancelMessage: {
    ...POST,
    path: pattern(routes.cancelMessage(":id")),
    summary: "Cancel a message",
    response: messageView,
    errors: ["not_found", "name.ambiguous", "state.conflict"],
  },
  awaitMessage: {
    ...GET,
    path: pattern(routes.messageResult(":id")),
    summary: "Wait for a message's result",
    about: "Answers when the turn that it became has ended, or as it stands after `waitMs`.",
    query: z.strictObject({ waitMs: waitOf(HOUR_MS) }),
    response: messageView,
    errors: ["not_found", "name.ambiguous"],
  },
} satisfies Api;
