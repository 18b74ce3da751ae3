/** What the gate decided, and overriding its rules. */
import { api } from "../../contract/api/index.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function policyRoutes(app: App, services: Services): void {
  const { decisions, policyDesk, terminals } = services;

  serve(app, services, api.listDecisions, ({ query: { terminal, effect, ...bounds } }) =>
    decisions.list({
      ...bounds,
      ...(terminal === undefined ? {} : { terminalId: terminals.find(terminal).record.id }),
      ...(effect === undefined ? {} : { effect }),
    }),
  );
  serve(app, services, api.showDecision, ({ param }) => decisions.get(param("ref")));
  serve(app, services, api.overrideRule, ({ body }) => policyDesk.override(body, "human"));
  serve(app, services, api.restoreRule, ({ body }) => policyDesk.restore(body, "human"));
}
