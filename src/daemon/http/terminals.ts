/** Terminals: launch, look, stop; the counts come with every view. */
import { api } from "../../contract/api/index.ts";
import type { Route } from "../../contract/api/route.ts";
import type { WhyView } from "../../contract/terminals.ts";
import { explain, type Terminal } from "../../core/terminals/index.ts";
import { actorOf, deciderOf } from "../auth.ts";
import { readSlice } from "../log-files.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { type Call, serve } from "./serve.ts";
import { present, view, views } from "./shown.ts";

export function terminalRoutes(app: App, services: Services): void {
  const { terminals, launcher } = services;
  const found = ({ param }: Pick<Call<Route>, "param">): Terminal => terminals.find(param("ref"));

  serve(app, services, api.listTerminals, ({ query: { all } }) =>
    views(services, all ? terminals.all() : present(services)),
  );
  serve(app, services, api.launchTerminal, ({ body }) => launcher.launchOne(body));
  serve(app, services, api.launchTeam, ({ body }) => launcher.launchTeam(body));
  serve(app, services, api.shutDown, ({ body }) => launcher.shutdown(body));
  serve(app, services, api.showTerminal, (call) => view(services, found(call)));
  serve(app, services, api.explainStatus, (call) => why(services, found(call)));
  serve(app, services, api.readScreen, async (call) => {
    const { screen } = await found(call).look();
    return { text: screen.text };
  });
  serve(app, services, api.readLog, (call) => {
    const { logPath } = found(call).record;
    return readSlice(logPath, call.query);
  });
  serve(app, services, api.typeInput, async (call) => {
    const { text = "", keys = [] } = call.body;
    await terminals.type(found(call), call.body, deciderOf(call.caller));
    return { characters: text.length, keys: keys.length };
  });
  serve(app, services, api.attach, (call) => {
    const { id, session, paneId } = found(call).record;
    return { argv: services.attach(id, call.body), session, paneId: paneId ?? "" };
  });
  serve(app, services, api.stopTerminal, async (call) => {
    const how = { actor: actorOf(call.caller), force: call.body.force };
    return { how: await terminals.stop(found(call), how) };
  });
  serve(app, services, api.restartTerminal, async (call) => {
    const { terminal, ...how } = await launcher.restart(found(call), call.body);
    return { ...(await view(services, terminal)), ...how };
  });
  serve(app, services, api.interruptTerminal, async (call) => {
    await terminals.interrupt(found(call));
    return { interrupted: true };
  });
  serve(app, services, api.renameTerminal, async (call) => {
    const terminal = found(call);
    await terminals.rename(terminal, call.body.name, actorOf(call.caller));
    return view(services, terminal);
  });
}

async function why(services: Services, terminal: Terminal): Promise<WhyView> {
  return {
    terminal: await view(services, terminal),
    evidence: explain(terminal.status),
    delivery: await services.postman.waitsFor(terminal),
  };
}
