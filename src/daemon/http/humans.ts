/** Tokens of people beside the owner. */
import { randomBytes } from "node:crypto";
import { api } from "../../contract/api/index.ts";
import { digest } from "../auth.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function humanRoutes(app: App, services: Services): void {
  const { humans, clock } = services;
  serve(app, services, api.listTokens, () => humans.list());
  serve(app, services, api.createToken, async ({ body: { name } }) => {
    const token = randomBytes(32).toString("hex");
    const made = await humans.add(name, digest(token), clock.now());
    return { ...made, token };
  });
  serve(app, services, api.revokeToken, ({ param }) => humans.remove(param("name")));
}
