/** `/mcp`: streamable HTTP for agents' MCP clients. The SDK is loaded by the first of them. */
import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { ConductorError } from "../../base/errors.ts";
import { MESSAGE_LIMIT_BYTES } from "../../contract/messages.ts";
import { JSON_TYPE, readBody } from "../http/bodies.ts";
import type { App, HttpEnv } from "../http/env.ts";
import type { Services } from "../services.ts";
import { type Cut, eventId, factsOf, readEventId, resumption, withKey } from "./rpc.ts";
import { streamed } from "./stream.ts";

const SESSION = "mcp-session-id";
const VERSION = "mcp-protocol-version";
/** Clients of that version understand an event without data, and ask again by its id. */
const RESUMABLE = "2025-11-25";

const MCP_BODY = { takes: JSON_TYPE, maxBytes: 2 * MESSAGE_LIMIT_BYTES };

export function mcpRoutes(app: App, services: Services): void {
  /** By client and request id: what is under way and can be taken back. */
  const running = new Map<string, Running>();
  /** Of calls that their clients gave up: some ask for the rest of the answer and throw it away. */
  const givenUp = new Set<string>();

  const serve = async (context: Context<HttpEnv>, body: unknown): Promise<Response> => {
    const { own, caller } = speaker(services, context);
    const session = context.req.header(SESSION)?.slice(0, 100) ?? "";
    const name = (id: unknown): string => `${caller.terminalId} ${session} ${JSON.stringify(id)}`;
    const { id, method, cancels, cut } = factsOf(body);
    if (cancels !== undefined) giveUp(running.get(name(cancels)), givenUp);
    const over = new AbortController();
    const key = name(id);
    const call = { over, cut: cut === undefined ? undefined : nameOf(caller, cut) };
    if (call.cut !== undefined) givenUp.delete(call.cut);
    if (id !== undefined) running.set(key, call);
    const done = (): void => {
      if (running.get(key) === call) running.delete(key);
      over.abort();
    };
    context.req.raw.signal.addEventListener("abort", done, { once: true });
    const { answer } = await import("./server.ts");
    const { signal } = over;
    const asked = { services, own, caller, body, request: asPost(context), signal };
    const response = await answer(asked);
    const first = isResumable(context) && cut !== undefined ? eventId(cut) : undefined;
    const answered = new Response(
      streamed(response, { first, done, clock: services.clock }),
      response,
    );
    // Nothing is kept under it: it tells the calls of one client from those of another.
    if (method === "initialize") answered.headers.set(SESSION, randomUUID());
    return answered;
  };

  app.post("/mcp", async (context) =>
    serve(context, withKey(await readBody(context, MCP_BODY), randomUUID)),
  );
  /** No stream beside the calls; only a call whose connection broke is taken up again. */
  app.get("/mcp", async (context) => {
    const cut: Cut | undefined = readEventId(context.req.header("last-event-id"));
    if (cut === undefined) return notThere();
    const isGivenUp = givenUp.has(nameOf(speaker(services, context).caller, cut));
    return isGivenUp ? notThere() : serve(context, resumption(cut));
  });
  app.delete("/mcp", notThere);
}

interface Running {
  readonly over: AbortController;
  /** Where it can be taken up again. */
  readonly cut: string | undefined;
}

function nameOf(caller: { readonly terminalId: string }, { key }: Cut): string {
  return `${caller.terminalId} ${key}`;
}

const MOST_GIVEN_UP = 1_000;

function giveUp(call: Running | undefined, givenUp: Set<string>): void {
  if (call?.cut !== undefined) givenUp.add(call.cut);
  for (const oldest of givenUp) {
    if (givenUp.size <= MOST_GIVEN_UP) break;
    givenUp.delete(oldest);
  }
  call?.over.abort();
}

function notThere(): Response {
  return new Response(null, { status: 405 });
}

function speaker({ terminals }: Services, context: Context<HttpEnv>) {
  const caller = context.get("caller");
  const own = caller.kind === "agent" ? terminals.byId(caller.terminalId) : undefined;
  if (caller.kind === "agent" && own !== undefined) return { caller, own };
  throw new ConductorError("auth.refused", "only an agent speaks here, with its own token", {
    hint: "the token is in CONDUCTOR_TOKEN of the agent's pane",
  });
}

/** What the SDK looks at of a request, whose body is read already. */
function asPost(context: Context<HttpEnv>): Request {
  if (context.req.method === "POST") return context.req.raw;
  const headers = {
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    [VERSION]: context.req.header(VERSION) ?? RESUMABLE,
  };
  return new Request(context.req.url, { method: "POST", headers });
}

function isResumable(context: Context<HttpEnv>): boolean {
  return (context.req.header(VERSION) ?? "") >= RESUMABLE;
}
