import { z } from "zod";
import { notificationView, notifyRuleView, notifyTest, notifyTested } from "../notify.ts";
import { routes } from "../routes.ts";
import { type Api, GET, POST, VIEWERS } from "./route.ts";

export const notifyApi = {
  listNotifyRules: {
    ...GET,
    path: routes.notifyRules,
    summary: "List the rules of notifications",
    about: "Those of the settings, with what came of each.",
    scopes: VIEWERS,
    response: z.array(notifyRuleView),
    errors: [],
  },
  listNotifications: {
    ...GET,
    path: routes.notifications,
    summary: "List notifications",
    about: "Newest first: what was told, what waits, what was given up.",
    scopes: VIEWERS,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000).default(50) }),
    response: z.array(notificationView),
    errors: [],
  },
  testNotifications: {
    ...POST,
    path: routes.testNotifications,
    summary: "Try notifications out",
    about: "Tells each target once, or all that rules name, and says what came of it.",
    isFromOutside: true,
    body: notifyTest,
    response: z.array(notifyTested),
    errors: [],
  },
} satisfies Api;
