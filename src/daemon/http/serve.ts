/** Every route is served by its line in the contract: who may call it, what it takes, what it gives. */
import type { Context } from "hono";
import type { z } from "zod";
import type { Route } from "../../contract/api/route.ts";
import { admit, type Caller, doing } from "../auth.ts";
import { type AgentPane, requireOutside } from "../caller-origin.ts";
import type { Services } from "../services.ts";
import { JSON_TYPE, readBody } from "./bodies.ts";
import type { App, HttpEnv } from "./env.ts";

const MAX_BYTES = 1024 * 1024;

/** A call that its route lets in, and whose every part is as the contract says. */
export interface Call<T extends Route> {
  readonly caller: Caller;
  readonly query: z.output<T["query"]>;
  readonly body: z.output<T["body"]>;
  readonly signal: AbortSignal;
  readonly context: Context<HttpEnv>;
  readonly param: (name: string) => string;
}

type Told<T> = T extends object ? { readonly [K in keyof T]: Told<T[K]> } : T;
/** What the contract says, or a response that is made by hand. */
type Answer<T extends Route> = Told<z.output<T["response"]>> | Response;

export function serve<T extends Route>(
  app: App,
  services: Services,
  route: T,
  handle: (call: Call<T>) => Answer<T> | Promise<Answer<T>>,
): void {
  const { takes = JSON_TYPE, maxBytes = MAX_BYTES } = route;
  app.on(route.method, route.path, async (context) => {
    const caller = context.get("caller");
    if (route.scopes.length > 0) admit(caller, route);
    if (route.isFromOutside === true)
      await requireOutside(context.env.incoming?.socket, agentPanes(services), doing(route));
    const body = context.req.method === "POST" ? await readBody(context, { takes, maxBytes }) : {};
    const answer = await handle({
      caller,
      query: checked<T["query"]>(route.query, context.req.query()),
      body: checked<T["body"]>(route.body, body),
      signal: context.req.raw.signal,
      context,
      param: (name) => context.req.param(name) ?? "",
    });
    return answer instanceof Response ? answer : context.json(answer);
  });
}

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  return schema.parse(value);
}

function agentPanes({ terminals }: Services): AgentPane[] {
  return terminals.live().flatMap(({ record }) => {
    const { id: terminalId, name, pid, paneId } = record;
    return pid === null ? [] : [{ terminalId, name, pid, isInPane: paneId !== null }];
  });
}
