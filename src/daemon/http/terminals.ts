/** Terminals: launch, look, stop; the counts come with every view. */
import { api } from "../../contract/api/index.ts";
import type { Route } from "../../contract/api/route.ts";
import type { TerminalView, WhyView } from "../../contract/terminals.ts";
import { explain, type Terminal } from "../../core/terminals/index.ts";
import { actorOf } from "../auth.ts";
import type { Services } from "../services.ts";
import { terminalView } from "../views.ts";
import type { App } from "./env.ts";
import { type Call, serve } from "./serve.ts";

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
  serve(app, services, api.attach, (call) => {
    const { id, session, paneId } = found(call).record;
    return { argv: services.attach(id, call.body), session, paneId: paneId ?? "" };
  });
  serve(app, services, api.stopTerminal, async (call) => {
    const how = { actor: actorOf(call.caller), force: call.body.force };
    return { how: await terminals.stop(found(call), how) };
  });
  serve(app, services, api.restartTerminal, async (call) =>
    view(services, await launcher.restart(found(call), call.body.env)),
  );
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

const LOST_LATELY_MS = 24 * 60 * 60_000;

/** What runs, and what was lost lately: nobody ended that, and launched again it comes back. */
function present({ terminals, clock }: Services): Terminal[] {
  const isLostLately = ({ status }: Terminal): boolean =>
    status.status === "lost" && clock.now() - status.since < LOST_LATELY_MS;
  return terminals.all().filter((terminal) => terminal.isLive || isLostLately(terminal));
}

async function views(services: Services, shown: readonly Terminal[]): Promise<TerminalView[]> {
  const [unread, pending] = await Promise.all([
    services.messages.unread(),
    services.approvals.pending(),
  ]);
  return shown.map((terminal) => terminalView(terminal, { unread, pending }));
}

async function view(services: Services, terminal: Terminal): Promise<TerminalView> {
  const [unread, pending] = await Promise.all([
    services.messages.unread(),
    services.approvals.pending(),
  ]);
  return terminalView(terminal, { unread, pending });
}

async function why(services: Services, terminal: Terminal): Promise<WhyView> {
  return {
    terminal: await view(services, terminal),
    evidence: explain(terminal.status),
    delivery: await services.postman.waitsFor(terminal),
  };
}
