/** Tokens of people beside the owner: made and taken back by the owner only, from outside agents' panes. */
import { randomBytes } from "node:crypto";
import { type HumanWithToken, humanRequest } from "../../contract/humans.ts";
import { routes } from "../../contract/routes.ts";
import { digest, requireHuman, requireOwner } from "../auth.ts";
import { requireOutside } from "../caller-origin.ts";
import type { Services } from "../services.ts";
import { agentPanes } from "./approvals.ts";
import type { App } from "./env.ts";
import { pattern } from "./params.ts";

export function humanRoutes(app: App, services: Services): void {
  const { humans, clock } = services;
  app.get(routes.humans, async (context) => {
    requireHuman(context.get("caller"), "read who has a token");
    return context.json(await humans.list());
  });
  app.post(routes.humans, async (context) => {
    requireOwner(context.get("caller"), "manage tokens");
    await requireOutside(context.env.incoming?.socket, agentPanes(services), "make tokens");
    const { name } = humanRequest.parse(await context.req.json());
    const token = randomBytes(32).toString("hex");
    const made = await humans.add(name, digest(token), clock.now());
    const told: HumanWithToken = { ...made, token };
    return context.json(told);
  });
  app.post(pattern(routes.revokeHuman(":name")), async (context) => {
    requireOwner(context.get("caller"), "manage tokens");
    await requireOutside(context.env.incoming?.socket, agentPanes(services), "revoke tokens");
    return context.json(await humans.remove(context.req.param("name") ?? ""));
  });
}
