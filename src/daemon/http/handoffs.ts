/** Handoffs and assignments: asked for, waited for, cancelled. */
import { api } from "../../contract/api/index.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function handoffRoutes(app: App, services: Services): void {
  const { handoffs } = services;

  serve(app, services, api.listHandoffs, ({ caller, query }) => handoffs.list(caller, query));
  serve(app, services, api.requestHandoff, async ({ body, caller, query, signal }) => {
    const { id } = await handoffs.request(body, caller);
    return handoffs.wait(id, caller, { ...query, signal });
  });
  serve(app, services, api.showHandoff, ({ caller, param, query, signal }) =>
    handoffs.wait(param("ref"), caller, { ...query, signal }),
  );
  serve(app, services, api.cancelHandoff, ({ caller, param }) =>
    handoffs.cancel(param("ref"), caller),
  );
}
