/** Terminals: launch, look, stop; the counts come with every view. */

import type { Context } from "hono";
import { z } from "zod";
import { routes } from "../../contract/routes.ts";
import {
  launchRequest,
  renameRequest,
  shutdownRequest,
  stopRequest,
  type TerminalView,
  teamRequest,
  type WhyView,
} from "../../contract/terminals.ts";
import { explain, type Terminal } from "../../core/terminals/index.ts";
import { actorOf, requireHuman } from "../auth.ts";
import type { Services } from "../services.ts";
import { terminalView } from "../views.ts";
import type { App, HttpEnv } from "./env.ts";
import { pattern } from "./params.ts";

const restartRequest = z.strictObject({ env: z.record(z.string(), z.string()).default({}) });
const attachRequest = z.strictObject({
  readOnly: z.boolean().default(false),
  keepSize: z.boolean().default(false),
});

export function terminalRoutes(app: App, services: Services): void {
  const { terminals, launcher } = services;
  const one = (action = ""): string => {
    const ref = ":ref";
    return pattern(action === "" ? routes.terminal(ref) : routes.terminalAction(ref, action));
  };
  const found = (context: Context<HttpEnv>): Terminal =>
    terminals.find(context.req.param("ref") ?? "");

  app.get(routes.terminals, async (context) => {
    const shown = context.req.query("all") === "1" ? terminals.all() : present(services);
    return context.json(await views(services, shown));
  });
  app.post(routes.terminals, async (context) => {
    requireHuman(context.get("caller"), "launch terminals");
    const asked = launchRequest.parse(await context.req.json());
    return context.json(await launcher.launchOne(asked));
  });
  app.post(routes.teams, async (context) => {
    requireHuman(context.get("caller"), "launch a team");
    return context.json(await launcher.launchTeam(teamRequest.parse(await context.req.json())));
  });
  app.post(routes.shutdown, async (context) => {
    requireHuman(context.get("caller"), "shut terminals down");
    return context.json(await launcher.shutdown(shutdownRequest.parse(await context.req.json())));
  });
  app.get(one(), async (context) => context.json(await view(services, found(context))));
  app.get(one("why"), async (context) => context.json(await why(services, found(context))));
  app.get(one("screen"), async (context) => {
    const { screen } = await found(context).look();
    return context.json({ text: screen.text });
  });
  app.post(one("attach"), async (context) => {
    requireHuman(context.get("caller"), "attach");
    const how = attachRequest.parse(await context.req.json());
    const { id, session, paneId } = found(context).record;
    return context.json({ argv: services.attach(id, how), session, paneId: paneId ?? "" });
  });
  app.post(one("stop"), async (context) => {
    requireHuman(context.get("caller"), "stop terminals");
    const { force } = stopRequest.parse(await context.req.json());
    const actor = actorOf(context.get("caller"));
    const how = await terminals.stop(found(context), { actor, force });
    return context.json({ how });
  });
  app.post(one("restart"), async (context) => {
    requireHuman(context.get("caller"), "restart terminals");
    const { env } = restartRequest.parse(await context.req.json());
    return context.json(await view(services, await launcher.restart(found(context), env)));
  });
  app.post(one("interrupt"), async (context) => {
    requireHuman(context.get("caller"), "interrupt terminals");
    await terminals.interrupt(found(context));
    return context.json({ interrupted: true });
  });
  app.post(one("rename"), async (context) => {
    requireHuman(context.get("caller"), "rename terminals");
    const { name } = renameRequest.parse(await context.req.json());
    const terminal = found(context);
    await terminals.rename(terminal, name, actorOf(context.get("caller")));
    return context.json(await view(services, terminal));
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
