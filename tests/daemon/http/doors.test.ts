import { request } from "node:http";
import { expect, test } from "vitest";
import { api } from "../../../src/contract/api/index.ts";
import type { Route } from "../../../src/contract/api/route.ts";
import { type Asked, call, launched, type Served, served } from "../../support/served.ts";

const PROBLEM = "application/problem+json";

/** With headers that fetch keeps for itself. */
function raw(
  world: Served,
  headers: Record<string, string>,
  more: { method?: string; path?: string } = {},
): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const bearer = { authorization: `Bearer ${world.ownerToken}` };
  const about = { host: "127.0.0.1", port: world.port, path: "/api/v1/status", ...more };
  const asked = request({ ...about, headers: { ...bearer, ...headers } }, (response) => {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (piece: string) => (body += piece));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
  });
  asked.useChunkedEncodingByDefault = false;
  asked.once("error", reject);
  asked.end();
  return promise;
}

test("a name that was rebound to this machine, and pages of others, are refused with any token", async () => {
  const world = await served();
  const own = `127.0.0.1:${world.port}`;
  const refused: readonly Record<string, string>[] = [
    { host: "evil.example" },
    { host: `evil.example:${world.port}` },
    { host: `127.0.0.1.nip.io:${world.port}` },
    { host: "127.0.0.1:1" },
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: `https://${own}` },
    { origin: "http://127.0.0.1:1" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const headers of refused)
    expect({ headers, ...(await raw(world, headers)) }).toMatchObject({ headers, status: 403 });
  for (const headers of [
    { host: own },
    { host: `localhost:${world.port}`, origin: `http://${own}` },
  ])
    expect(await raw(world, headers)).toMatchObject({ status: 200 });
});

test("no answer lets a page of another origin read it", async () => {
  const world = await served();
  const answer = await call(world, "/api/v1/status", { token: world.ownerToken });
  expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual(
    [],
  );
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

test("a method that a path does not have is told those that it has", async () => {
  const world = await served();
  const token = world.ownerToken;
  for (const route of Object.values<Route>(api)) {
    const path = route.path.replaceAll(/:\w+/g, "x");
    const wrong = await call(world, path, { method: "PATCH", token });
    const options = await call(world, path, { method: "OPTIONS", token });
    const allow = wrong.headers.get("allow") ?? "";
    expect({ path, status: wrong.status, options: options.status }).toEqual({
      path,
      status: 405,
      options: 204,
    });
    expect(allow.split(", ")).toContain(route.method);
    expect(options.headers.get("allow")).toBe(allow);
  }
  const nowhere = await call(world, "/api/v1/nothing", { token });
  expect({ status: nowhere.status, allow: nowhere.headers.get("allow") }).toEqual({
    status: 404,
    allow: null,
  });
});

test("HEAD answers as GET without a body, also where GET streams", async () => {
  const world = await served();
  for (const path of ["/api/v1/status", "/api/v1/events"]) {
    const answer = await call(world, path, { method: "HEAD", token: world.ownerToken });
    expect({ path, status: answer.status, body: await answer.text() }).toEqual({
      path,
      status: 200,
      body: "",
    });
  }
});

test.each<[string, string, Asked, number, string]>([
  ["no JSON", "messages", { method: "POST", body: "{" }, 400, "usage.invalid"],
  [
    "a field that is not known",
    "messages",
    { method: "POST", body: { body: "x", too: 1 } },
    400,
    "usage.invalid",
  ],
  ["a query that is not known", "messages?form=dev", {}, 400, "usage.invalid"],
  ["a query that is no number", "decisions?limit=many", {}, 400, "usage.invalid"],
  [
    "a form",
    "messages",
    {
      method: "POST",
      body: "body=x",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    },
    415,
    "usage.media_type",
  ],
  [
    "text",
    "messages",
    { method: "POST", body: "x", headers: { "content-type": "text/plain" } },
    415,
    "usage.media_type",
  ],
  [
    "the gate's format",
    "messages",
    { method: "POST", body: "x", headers: { "content-type": "application/vnd.conductor.gate" } },
    415,
    "usage.media_type",
  ],
  [
    "a body above the route's limit",
    "terminals/x/rename",
    { method: "POST", body: { name: "x".repeat(1_100_000) } },
    413,
    "message.too_large",
  ],
  ["what is not there", "terminals/nobody", {}, 404, "not_found"],
  ["an unknown token", "status", { token: "x" }, 401, "auth.missing"],
])(
  "%s is answered with a problem that programs can read",
  async (_what, path, asked, status, code) => {
    const world = await served();
    const answer = await call(world, `/api/v1/${path}`, { token: world.ownerToken, ...asked });
    expect(answer.headers.get("content-type")).toBe(PROBLEM);
    expect(await answer.json()).toMatchObject({
      type: `urn:conductor:error:${code}`,
      title: expect.stringMatching(/^[A-Z]/),
      status,
      code,
      detail: expect.stringMatching(/./),
    });
    expect(answer.status).toBe(status);
  },
);

test("a POST without a body needs no type, and means an empty one", async () => {
  const world = await served();
  await launched(world);
  const asked = { method: "POST", token: world.ownerToken };
  expect((await call(world, "/api/v1/terminals/dev/interrupt", asked)).status).toBe(200);
  // As curl sends it: without a length.
  const path = "/api/v1/terminals/dev/interrupt";
  expect(await raw(world, {}, { method: "POST", path })).toMatchObject({ status: 200 });
});

/** The journal's stream as it comes: id and name of each event. */
async function* events(
  world: Served,
  asked: Asked & { query?: string },
): AsyncGenerator<readonly [number, string | undefined]> {
  const at = `/api/v1/events${asked.query ?? ""}`;
  const response = await call(world, at, { token: world.ownerToken, ...asked });
  let rest = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const whole = (rest + piece).split("\n\n");
    rest = whole.pop() ?? "";
    for (const one of whole)
      yield [Number(/^id: ?(.*)$/m.exec(one)?.[1]), /^event: ?(.*)$/m.exec(one)?.[1]];
  }
}

async function first<T>(stream: AsyncGenerator<T>, count: number): Promise<T[]> {
  const heard: T[] = [];
  for await (const one of stream) if (heard.push(one) === count) break;
  return heard;
}

test("a reader that comes back by Last-Event-ID misses nothing and hears nothing twice", async () => {
  const world = await served();
  await launched(world);
  const head = await world.services.journal.head();
  const all = await first(events(world, { query: "?after=0" }), head);
  expect(all.map(([id]) => id)).toEqual(Array.from({ length: head }, (_, at) => at + 1));
  const back = events(world, { headers: { "last-event-id": "1" } });
  expect(await first(back, head - 1)).toEqual(all.slice(1));
});

test("a reader from another journal is told to load all anew, and then hears what comes", async () => {
  const world = await served();
  const head = await world.services.journal.head();
  const stream = events(world, { headers: { "last-event-id": "4000" } });
  expect((await stream.next()).value).toEqual([head, "reset"]);
  await launched(world);
  expect((await stream.next()).value).toEqual([head + 1, "terminal.launched"]);
  await stream.return(undefined);
});

test("a position that is no number is refused", async () => {
  const world = await served();
  const headers = { "last-event-id": "yesterday" };
  const answer = await call(world, "/api/v1/events", { token: world.ownerToken, headers });
  expect(answer.status).toBe(400);
});
