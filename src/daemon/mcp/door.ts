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
  const running = new Map<string, AbortController>();

  const serve = async (context: Context<HttpEnv>, body: unknown): Promise<Response> => {
    const { own, caller } = speaker(services, context);
    const session = context.req.header(SESSION)?.slice(0, 100) ?? "";
    const name = (id: unknown): string => `${caller.terminalId} ${session} ${JSON.stringify(id)}`;
    const { id, method, cancels, cut } = factsOf(body);
    if (cancels !== undefined) running.get(name(cancels))?.abort();
    const over = new AbortController();
    const key = name(id);
    if (id !== undefined) running.set(key, over);
    const done = (): void => {
      if (running.get(key) === over) running.delete(key);
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
    return cut === undefined ? notThere() : serve(context, resumption(cut));
  });
  app.delete("/mcp", notThere);
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
