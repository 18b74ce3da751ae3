/** Approvals: asked by hooks and tools, decided by humans only. */
import { approvalRequest, type Verdict, verdict } from "../../contract/approvals.ts";
import { routes } from "../../contract/routes.ts";
import type { NewGrant } from "../../core/approvals/index.ts";
import { deciderOf, requireHuman } from "../auth.ts";
import { type AgentPane, requireOutside } from "../caller-origin.ts";
import type { Services } from "../services.ts";
import { approvalView } from "../views.ts";
import type { App } from "./env.ts";
import { pattern, queryNumber } from "./params.ts";

const LONGEST_WAIT_MS = 24 * 60 * 60_000;

export function approvalRoutes(app: App, services: Services): void {
  const { approvals, desk } = services;

  app.get(routes.approvals, async (context) => {
    const filter = context.req.query("all") === "1" ? {} : { states: ["pending"] as const };
    return context.json((await approvals.list(filter)).map(approvalView));
  });
  /** Stored first, then waited for: `?waitMs=`; the caller going away makes it abandoned. */
  app.post(routes.approvals, async (context) => {
    const asked = approvalRequest.parse(await context.req.json());
    const waitMs = queryNumber(context.req.query("waitMs"), { fallback: 0, max: LONGEST_WAIT_MS });
    const how = { isWaitedFor: waitMs > 0 };
    const stored = await desk.request(asked, context.get("caller"), how);
    const settled = await desk.wait(stored.id, waitMs, context.req.raw.signal);
    return context.json(approvalView(settled));
  });
  app.get(pattern(routes.approval(":ref")), async (context) =>
    context.json(approvalView(await approvals.get(context.req.param("ref") ?? ""))),
  );
  app.post(pattern(routes.decideApproval(":ref")), async (context) => {
    const caller = context.get("caller");
    requireHuman(caller, "decide approvals");
    await requireOutside(context.env.incoming?.socket, agentPanes(services), "decide approvals");
    const asked = verdict.parse(await context.req.json());
    const ref = context.req.param("ref") ?? "";
    const grant = await grantOf(services, ref, asked);
    const decided = await desk.decide(ref, asked, deciderOf(caller), grant);
    return context.json(approvalView(decided));
  });
  grantRoutes(app, services);
}

function grantRoutes(app: App, services: Services): void {
  const { grants, clock } = services;
  app.get(routes.grants, async (context) => {
    requireHuman(context.get("caller"), "read grants");
    return context.json(await grants.list(clock.now()));
  });
  app.post(pattern(routes.revokeGrant(":ref")), async (context) => {
    const caller = context.get("caller");
    requireHuman(caller, "revoke grants");
    await requireOutside(context.env.incoming?.socket, agentPanes(services), "revoke grants");
    const ref = context.req.param("ref") ?? "";
    return context.json(await grants.revoke(ref, deciderOf(caller), clock.now()));
  });
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

export function agentPanes({ terminals }: Services): AgentPane[] {
  return terminals.live().flatMap(({ record }) => {
    const { id: terminalId, name, pid } = record;
    return pid === null ? [] : [{ terminalId, name, pid }];
  });
}
