/** Messages: into an inbox, out of it, and the result of the turn that one became. */
import { api } from "../../contract/api/index.ts";
import { actorOf } from "../auth.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function messageRoutes(app: App, services: Services): void {
  const { clock, messages, postman, terminals } = services;

  serve(app, services, api.sendMessage, ({ body, caller }) => postman.send(body, actorOf(caller)));
  serve(app, services, api.listMessages, ({ query: { to } }) =>
    messages.list(to === undefined ? {} : { to: terminals.find(to).record.id }),
  );
  serve(app, services, api.showMessage, ({ param }) => messages.get(param("id")));
  serve(app, services, api.cancelMessage, async ({ caller, param }) => {
    const { id } = await messages.get(param("id"));
    return messages.cancel(id, actorOf(caller), clock.now());
  });
  serve(app, services, api.awaitMessage, async ({ param, query, signal }) => {
    const { id } = await messages.get(param("id"));
    return postman.result(id, query.waitMs, signal);
  });
}
