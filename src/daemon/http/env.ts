import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { Caller } from "../auth.ts";

/** What a route's context holds beside the request. */
export interface HttpEnv {
  /** `isForAgents`: it came by the door that serves nobody else. */
  Bindings: HttpBindings & { readonly isForAgents?: boolean };
  Variables: { caller: Caller };
}
export type App = Hono<HttpEnv>;
