/** Notifications: the rules in force, what was told, and a try. */
import { api } from "../../contract/api/index.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function notifyRoutes(app: App, services: Services): void {
  const { notifications } = services;

  serve(app, services, api.listNotifyRules, () => notifications.rules());
  serve(app, services, api.listNotifications, async ({ query }) => [
    ...(await notifications.list(query.limit)),
  ]);
  serve(app, services, api.testNotifications, ({ body, signal }) =>
    notifications.test(body.to, signal),
  );
}
