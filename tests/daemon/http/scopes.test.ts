import { expect, test } from "vitest";
import { api } from "../../../src/contract/api/index.ts";
import type { Route } from "../../../src/contract/api/route.ts";
import { digest } from "../../../src/daemon/auth.ts";
import { call, launched, type Served, served } from "../../support/served.ts";

type Bearer = "owner" | "human" | "agent" | "read" | "nobody";

/** What the contract says to a call with such a token: lets it in, or how it refuses. */
function expected(route: Route, bearer: Bearer): "in" | 401 | 403 {
  if (route.scopes.length === 0) return "in";
  if (bearer === "nobody") return 401;
  const scope = bearer === "owner" ? "human" : bearer;
  if (!route.scopes.includes(scope)) return 403;
  return route.isOwners === true && bearer !== "owner" ? 403 : "in";
}

async function tokens(world: Served): Promise<Record<Bearer, string | undefined>> {
  const { tokenStore, clock } = world.services;
  const agent = world.tokenOf(await launched(world));
  const made = { name: "alice", scope: "human", digest: digest("alice-secret") } as const;
  await tokenStore.add(made, clock.now());
  const looks = { name: "board", scope: "read", digest: digest("board-secret") } as const;
  await tokenStore.add(looks, clock.now());
  return {
    owner: world.ownerToken,
    human: "alice-secret",
    agent,
    read: "board-secret",
    nobody: undefined,
  };
}

/** Without anything in it: who is let in gets no further than the check of what was sent. */
async function knock(world: Served, route: Route, token: string | undefined): Promise<number> {
  const path = route.path.replaceAll(/:\w+/g, "nothing");
  const body = route.method === "POST" ? { body: {} } : {};
  const headers = route.takes === undefined ? {} : { headers: { "content-type": route.takes } };
  const response = await call(world, path, { method: route.method, token, ...body, ...headers });
  await response.body?.cancel();
  return response.status;
}

const BEARERS: readonly Bearer[] = ["nobody", "read", "agent", "human", "owner"];

test.each(BEARERS)(
  "every route lets in or refuses as it says: %s",
  async (bearer) => {
    const world = await served();
    const token = (await tokens(world))[bearer];
    const seen: Record<string, "in" | number> = {};
    const wanted: Record<string, "in" | number> = {};
    for (const [name, route] of Object.entries<Route>(api)) {
      const status = await knock(world, route, token);
      seen[name] = status === 401 || status === 403 ? status : "in";
      wanted[name] = expected(route, bearer);
    }
    expect(seen).toEqual(wanted);
    expect(world.stops()).toBe(bearer === "owner" || bearer === "human" ? 1 : 0);
  },
  60_000,
);
