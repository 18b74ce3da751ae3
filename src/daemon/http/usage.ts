/** What the agents' models took, by their own files. */
import { routes } from "../../contract/routes.ts";
import type { UsageView } from "../../contract/usage.ts";
import { usageTotal } from "../../core/transcripts/index.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { queryNumber } from "./params.ts";

export function usageRoutes(app: App, { usage }: Services): void {
  app.get(routes.usage, async (context) => {
    const { terminal, session, since } = context.req.query();
    const from = queryNumber(since, { fallback: 0, max: Number.MAX_SAFE_INTEGER });
    const rows = [...(await usage({ terminal, session, since: from }))];
    return context.json({ rows, total: usageTotal(rows) } satisfies UsageView);
  });
}
