/** Tokens beside the owner's and the agents' own. */
import { randomBytes } from "node:crypto";
import { api } from "../../contract/api/index.ts";
import { digest } from "../auth.ts";
import type { Services } from "../services.ts";
import type { App } from "./env.ts";
import { serve } from "./serve.ts";

export function tokenRoutes(app: App, services: Services): void {
  const { tokenStore, clock } = services;
  serve(app, services, api.listTokens, () => tokenStore.list());
  serve(app, services, api.createToken, async ({ body }) => {
    const token = randomBytes(32).toString("hex");
    const made = await tokenStore.add({ ...body, digest: digest(token) }, clock.now());
    return { ...made, token };
  });
  serve(app, services, api.revokeToken, ({ param }) => tokenStore.remove(param("name")));
}
