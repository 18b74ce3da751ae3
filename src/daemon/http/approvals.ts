/** Approvals: asked by hooks and tools, decided by humans only. */
import { api } from "../../contract/api/index.ts";
import type { Verdict } from "../../contract/approvals.ts";
import type { NewGrant } from "../../core/approvals/index.ts";
import { deciderOf } from "../auth.ts";
import type { Services } from "../services.ts";
import { approvalView } from "../views.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function approvalRoutes(app: App, services: Services): void {
  const { approvals, clock, desk, grants } = services;

  serve(app, services, api.listApprovals, async ({ query: { all } }) => {
    const filter = all ? {} : { states: ["pending"] as const };
    return (await approvals.list(filter)).map(approvalView);
  });
  serve(app, services, api.requestApproval, async ({ body, caller, query, signal }) => {
    const stored = await desk.request(body, caller, { isWaitedFor: query.waitMs > 0 });
    return approvalView(await desk.wait(stored.id, query.waitMs, signal));
  });
  serve(app, services, api.showApproval, async ({ param }) =>
    approvalView(await approvals.get(param("ref"))),
  );
  serve(app, services, api.decideApproval, async ({ body, caller, param }) => {
    const grant = await grantOf(services, param("ref"), body);
    return approvalView(await desk.decide(param("ref"), body, deciderOf(caller), grant));
  });
  serve(app, services, api.listGrants, () => grants.list(clock.now()));
  serve(app, services, api.revokeGrant, ({ caller, param }) =>
    grants.revoke(param("ref"), deciderOf(caller), clock.now()),
  );
}

/** What "always" would allow, made with the yes. */
async function grantOf(
  services: Services,
  ref: string,
  { verdict: said, grantMs }: Verdict,
): Promise<NewGrant | undefined> {
  if (grantMs === undefined || said === "deny") return undefined;
  const asked = await services.approvals.get(ref);
  const terminal = services.terminals.byId(asked.terminalId ?? "");
  return services.gatekeeper.grantFor(asked, terminal, grantMs);
}
