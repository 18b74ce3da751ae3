/** Messages: into an inbox, out of it, and the result of the turn that one became. */

import { sendRequest } from "../../contract/messages.ts";
import { routes } from "../../contract/routes.ts";
import { actorOf, requireHuman } from "../auth.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { pattern, queryNumber } from "./params.ts";

const LONGEST_WAIT_MS = 60 * 60_000;

export function messageRoutes(app: App, services: Services): void {
  const { messages, postman, terminals } = services;

  app.post(routes.messages, async (context) => {
    const asked = sendRequest.parse(await context.req.json());
    return context.json(await postman.send(asked, actorOf(context.get("caller"))));
  });
  app.get(routes.messages, async (context) => {
    const to = context.req.query("to");
    const filter = to === undefined ? {} : { to: terminals.find(to).record.id };
    return context.json(await messages.list(filter));
  });
  app.get(pattern(routes.message(":id")), async (context) =>
    context.json(await messages.get(context.req.param("id") ?? "")),
  );
  app.post(pattern(routes.cancelMessage(":id")), async (context) => {
    requireHuman(context.get("caller"), "cancel messages");
    const { id } = await messages.get(context.req.param("id") ?? "");
    const actor = actorOf(context.get("caller"));
    return context.json(await messages.cancel(id, actor, services.clock.now()));
  });
  app.get(pattern(routes.messageResult(":id")), async (context) => {
    const { id } = await messages.get(context.req.param("id") ?? "");
    const waitMs = queryNumber(context.req.query("waitMs"), { fallback: 0, max: LONGEST_WAIT_MS });
    return context.json(await postman.result(id, waitMs, context.req.raw.signal));
  });
}
