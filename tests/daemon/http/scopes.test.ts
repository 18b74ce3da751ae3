import { expect, test } from "vitest";
import { api } from "../../../src/contract/api/index.ts";
import type { Route } from "../../../src/contract/api/route.ts";
import { digest } from "../../../src/daemon/auth.ts";
import { createApp } from "../../../src/daemon/http/app.ts";
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

test("nothing is served that has no line in the contract, but agents' tools", async () => {
  const { services } = await served();
  const known = new Set(Object.values<Route>(api).map(({ method, path }) => `${method} ${path}`));
  const all = createApp(services).routes.filter(({ method }) => method !== "ALL");
  const unknown = all.filter(({ method, path }) => !known.has(`${method} ${path}`));
  expect([...new Set(unknown.map(({ path }) => path))]).toEqual(["/mcp"]);
  expect(all.length).toBeGreaterThan(known.size);
});

test("who only looks, and an agent, sees no value of a provider's variables, and nobody a token again", async () => {
  const world = await served();
  const { read, agent, owner } = await tokens(world);
  for (const at of ["/api/v1/providers", "/api/v1/providers/keyed"]) {
    const shown = async (token: string | undefined) => (await call(world, at, { token })).text();
    for (const token of [read, agent]) {
      const text = await shown(token);
      expect(text).toContain("API_KEY");
      expect(text).not.toContain("s3cret");
    }
    expect(await shown(owner)).toContain("s3cret");
  }
  const listed = await (await call(world, "/api/v1/tokens", { token: owner })).text();
  expect(listed).toContain("board");
  expect(listed).not.toMatch(/secret|digest/);
});

test("a token that was taken back opens nothing any more", async () => {
  const world = await served();
  const { read, owner } = await tokens(world);
  const status = async () => (await call(world, "/api/v1/status", { token: read })).status;
  expect(await status()).toBe(200);
  const asked = { method: "POST", token: owner };
  expect((await call(world, "/api/v1/tokens/board/revoke", asked)).status).toBe(200);
  expect(await status()).toBe(401);
});

test("text and keys of a person go to the pane, and the journal keeps neither", async () => {
  const world = await served();
  const { owner, agent } = await tokens(world);
  const body = { text: "pa55word", keys: ["Enter"] };
  const asked = { method: "POST", body };
  const at = "/api/v1/terminals/dev/input";
  expect((await call(world, at, { ...asked, token: agent })).status).toBe(403);
  expect(world.panes.pasted).toEqual([]);
  expect((await call(world, at, { ...asked, token: owner })).status).toBe(200);
  expect(world.panes.pasted).toMatchObject([{ text: "pa55word" }]);
  expect(world.panes.pressed).toMatchObject([{ keys: ["Enter"] }]);
  const journal = await world.services.journal.after(0, 500);
  expect(journal.map(({ type }) => type)).toContain("terminal.typed");
  expect(JSON.stringify(journal)).not.toContain("pa55word");
});
