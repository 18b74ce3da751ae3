/** Handoffs and assignments: asked for, waited for, cancelled. */

import { handoffRequest } from "../../contract/handoffs.ts";
import { routes } from "../../contract/routes.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { pattern, queryNumber } from "./params.ts";

const LONGEST_WAIT_MS = 60 * 60_000;

export function handoffRoutes(app: App, { handoffs }: Services): void {
  const waitOf = (text: string | undefined): number =>
    queryNumber(text, { fallback: 0, max: LONGEST_WAIT_MS });

  app.get(routes.handoffs, async (context) => {
    const open = context.req.query("open") === "1";
    return context.json(await handoffs.list(context.get("caller"), { open }));
  });
  /** Stored first, then waited for: `?waitMs=`; the same key asks again for the same one. */
  app.post(routes.handoffs, async (context) => {
    const caller = context.get("caller");
    const asked = handoffRequest.parse(await context.req.json());
    const { id } = await handoffs.request(asked, caller);
    const bounds = { waitMs: waitOf(context.req.query("waitMs")), signal: context.req.raw.signal };
    return context.json(await handoffs.wait(id, caller, bounds));
  });
  app.get(pattern(routes.handoff(":ref")), async (context) => {
    const bounds = { waitMs: waitOf(context.req.query("waitMs")), signal: context.req.raw.signal };
    const ref = context.req.param("ref") ?? "";
    return context.json(await handoffs.wait(ref, context.get("caller"), bounds));
  });
  app.post(pattern(routes.cancelHandoff(":ref")), async (context) =>
    context.json(await handoffs.cancel(context.req.param("ref") ?? "", context.get("caller"))),
  );
}
