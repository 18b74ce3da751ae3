/** The daemon itself: status, configuration, catalogs, the end. */
import { api } from "../../contract/api/index.ts";
import type { ProviderDefinition } from "../../core/providers/index.ts";
import type { Caller } from "../auth.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function daemonRoutes(app: App, services: Services): void {
  const { catalog } = services;
  serve(app, services, api.status, () => services.describe());
  serve(app, services, api.config, () => services.config);
  serve(app, services, api.stopDaemon, () => {
    services.stop();
    return { stopping: true };
  });
  serve(app, services, api.listProviders, ({ caller }) =>
    catalog.providers().map((provider) => shownTo(caller, provider)),
  );
  serve(app, services, api.showProvider, ({ caller, param }) =>
    shownTo(caller, catalog.provider(param("name"))),
  );
  serve(app, services, api.listProfiles, () => catalog.profiles());
}

/** A file of the user's own may have a key among its variables. */
function shownTo(caller: Caller, provider: ProviderDefinition): ProviderDefinition {
  if (caller.kind === "human") return provider;
  const env = Object.fromEntries(Object.keys(provider.env).map((name) => [name, "…"]));
  return { ...provider, env };
}
