/** The daemon itself: status, configuration, catalogs, the end. */

import { api } from "../../contract/api/index.ts";
import type { Config } from "../../contract/config.ts";
import type { ProviderDefinition } from "../../core/providers/index.ts";
import type { Caller } from "../auth.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function daemonRoutes(app: App, services: Services): void {
  const { catalog } = services;
  serve(app, services, api.readOpenApi, async () => {
    const { openApiDocument } = await import("../../contract/api/openapi.ts");
    const { version, http } = services.describe();
    return openApiDocument({ version, server: `http://${hostOf(http.host)}:${http.port}` });
  });
  serve(app, services, api.checkHealth, () => services.health());
  serve(app, services, api.status, () => services.describe());
  serve(app, services, api.config, ({ caller }) => settingsFor(caller, services.config));
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
  serve(app, services, api.showProfile, ({ param }) => catalog.profile(param("name")));
}

/** The address of a webhook is often its only key. */
function settingsFor(caller: Caller, config: Config): Config {
  if (caller.kind === "human") return config;
  const names = Object.keys(config.notify.webhooks);
  const webhooks = Object.fromEntries(names.map((name) => [name, { url: "https://…" }]));
  return { ...config, notify: { ...config.notify, webhooks } };
}

/** A file of the user's own may have a key among its variables. */
function shownTo(caller: Caller, provider: ProviderDefinition): ProviderDefinition {
  if (caller.kind === "human") return provider;
  const env = Object.fromEntries(Object.keys(provider.env).map((name) => [name, "…"]));
  return { ...provider, env };
}

function hostOf(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
