/** Approvals: asked by hooks and tools, decided by humans only. */
import { approvalRequest, verdict } from "../../contract/approvals.ts";
import { routes } from "../../contract/routes.ts";
import { actorOf, requireHuman } from "../auth.ts";
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
    const decided = await desk.decide(context.req.param("ref") ?? "", asked, actorOf(caller));
    return context.json(approvalView(decided));
  });
}

function agentPanes({ terminals }: Services): AgentPane[] {
  return terminals.live().flatMap(({ record }) => {
    const { id: terminalId, name, pid } = record;
    return pid === null ? [] : [{ terminalId, name, pid }];
  });
}
