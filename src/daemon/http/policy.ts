/** Overriding rules: the owner's business, from outside agents' panes. */
import { overrideRemoval, overrideRequest } from "../../contract/policy.ts";
import { routes } from "../../contract/routes.ts";
import { requireOwner } from "../auth.ts";
import { requireOutside } from "../caller-origin.ts";
import type { Services } from "../services.ts";
import { agentPanes } from "./approvals.ts";
import type { App } from "./env.ts";

export function policyRoutes(app: App, services: Services): void {
  const { policyDesk } = services;
  app.post(routes.overrides, async (context) => {
    requireOwner(context.get("caller"), "override rules");
    await requireOutside(context.env.incoming?.socket, agentPanes(services), "override rules");
    const asked = overrideRequest.parse(await context.req.json());
    return context.json(policyDesk.override(asked, "human"));
  });
  app.post(routes.restoreRule, async (context) => {
    requireOwner(context.get("caller"), "restore rules");
    await requireOutside(context.env.incoming?.socket, agentPanes(services), "restore rules");
    const asked = overrideRemoval.parse(await context.req.json());
    return context.json(policyDesk.restore(asked, "human"));
  });
}
