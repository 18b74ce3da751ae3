/** The daemon itself: status, configuration, catalogs, the end. */
import { routes } from "../../contract/routes.ts";
import { requireHuman } from "../auth.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { pattern } from "./params.ts";

export function daemonRoutes(app: App, services: Services): void {
  app.get(routes.status, (context) => context.json(services.describe()));
  app.get(routes.config, (context) => context.json(services.config));
  app.post(routes.stopDaemon, (context) => {
    requireHuman(context.get("caller"), "stop the daemon");
    services.stop();
    return context.json({ stopping: true });
  });
  app.get(routes.providers, (context) => context.json(services.catalog.providers()));
  app.get(pattern(routes.provider(":name")), (context) =>
    context.json(services.catalog.provider(context.req.param("name") ?? "")),
  );
  app.get(routes.profiles, (context) => context.json(services.catalog.profiles()));
}
