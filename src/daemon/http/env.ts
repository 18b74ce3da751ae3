import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { Caller } from "../auth.ts";

/** What a route's context holds beside the request. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: { caller: Caller };
}
export type App = Hono<HttpEnv>;
