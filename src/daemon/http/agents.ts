/** Registered agents: who can be given tasks. */
import { api } from "../../contract/api/index.ts";
import { actorOf, type Caller } from "../auth.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function agentRoutes(app: App, services: Services): void {
  const { agents, clock } = services;
  const by = (caller: Caller) => ({ actor: actorOf(caller), now: clock.now() });

  serve(app, services, api.listAgents, () => agents.list());
  serve(app, services, api.registerAgent, ({ body, caller }) => agents.register(body, by(caller)));
  serve(app, services, api.showAgent, ({ param }) => agents.show(param("ref")));
  serve(app, services, api.showAgentCard, ({ param }) => agents.card(param("ref")));
  serve(app, services, api.labelAgent, ({ body, caller, param }) =>
    agents.change((store) => store.label(param("ref"), body, by(caller))),
  );
  serve(app, services, api.enableAgent, ({ caller, param }) =>
    agents.change((store) => store.enable(param("ref"), by(caller))),
  );
  serve(app, services, api.disableAgent, ({ caller, param }) =>
    agents.change((store) => store.disable(param("ref"), by(caller))),
  );
  serve(app, services, api.removeAgent, async ({ caller, param }) => {
    const { id, name } = await agents.remove(param("ref"), by(caller));
    return { id, name };
  });
}
