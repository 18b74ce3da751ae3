/** Sessions: what the terminals say of them. */
import { ConductorError } from "../../base/errors.ts";
import { api } from "../../contract/api/index.ts";
import type { SessionView } from "../../contract/sessions.ts";
import type { Terminal } from "../../core/terminals/index.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";
import { present, views } from "./shown.ts";

export function sessionRoutes(app: App, services: Services): void {
  const { terminals } = services;

  serve(app, services, api.listSessions, ({ query: { all } }) => {
    const shown = all ? terminals.all() : present(services);
    const bySession = Map.groupBy(shown, ({ record }) => record.session);
    return [...bySession].map(([name, members]) => sessionView(name, members));
  });
  serve(app, services, api.showSession, async ({ param }) => {
    const name = param("name");
    const members = terminals.all().filter(({ record }) => record.session === name);
    if (members.length === 0)
      throw new ConductorError("not_found", `no session is called ${name}`, {
        hint: "conductor ls --all",
      });
    return { ...sessionView(name, members), terminals: await views(services, members) };
  });
}

function sessionView(name: string, members: readonly Terminal[]): SessionView {
  const live = members.filter(({ isLive }) => isLive).length;
  return { name, live, createdAt: Math.min(...members.map(({ record }) => record.createdAt)) };
}
