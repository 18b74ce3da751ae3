/** What the agents' models took, by their own files. */
import { api } from "../../contract/api/index.ts";
import { usageTotal } from "../../core/transcripts/index.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function usageRoutes(app: App, services: Services): void {
  serve(app, services, api.showUsage, async ({ query }) => {
    const rows = await services.usage(query);
    return { rows, total: usageTotal(rows) };
  });
}
