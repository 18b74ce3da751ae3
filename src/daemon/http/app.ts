/** The REST door: locks, token, then one file of routes per feature. */
import { Hono } from "hono";
import { ConductorError } from "../../base/errors.ts";
import { VERSION } from "../../base/version.ts";
import { isOpen, methodsOf } from "../../contract/api/index.ts";
import { authenticate } from "../auth.ts";
import { mcpRoutes } from "../mcp/door.ts";
import type { Services } from "../services.ts";
import { agentRoutes } from "./agents.ts";
import { approvalRoutes } from "./approvals.ts";
import { daemonRoutes } from "./daemon.ts";
import type { App, HttpEnv } from "./env.ts";
import { errorResponse } from "./errors.ts";
import { eventRoutes } from "./events.ts";
import { executionRoutes } from "./execution.ts";
import { gateRefusals, gateRoutes } from "./gate.ts";
import { guardRequest } from "./guard.ts";
import { handoffRoutes } from "./handoffs.ts";
import { hookRefusals, hookRoutes } from "./hooks.ts";
import { messageRoutes } from "./messages.ts";
import { notifyRoutes } from "./notify.ts";
import { policyRoutes } from "./policy.ts";
import { sessionRoutes } from "./sessions.ts";
import { taskRoutes } from "./tasks.ts";
import { terminalRoutes } from "./terminals.ts";
import { tokenRoutes } from "./tokens.ts";
import { usageRoutes } from "./usage.ts";

export function createApp(services: Services): App {
  const app: App = new Hono<HttpEnv>();
  app.onError((error, context) => errorResponse(error, context, services.log));
  app.notFound((context) => {
    const { method, path } = context.req;
    const allowed = methodsOf(path);
    if (allowed.length > 0) context.header("allow", allowed.join(", "));
    if (method === "OPTIONS" && allowed.length > 0) return context.body(null, 204);
    return errorResponse(unserved(method, path, allowed), context, services.log);
  });
  hookRefusals(app);
  gateRefusals(app);
  app.use(async (context, next) => {
    context.header("conductor-version", VERSION);
    context.header("cache-control", "no-store");
    context.header("x-content-type-options", "nosniff");
    guardRequest(
      {
        host: context.req.header("host"),
        origin: context.req.header("origin"),
        fetchSite: context.req.header("sec-fetch-site"),
        overUnixSocket: context.env.incoming?.socket.remoteAddress === undefined,
      },
      services.describe().http.port,
    );
    if (isOpen(context.req)) return next();
    const caller = authenticate(context.req.header("authorization"), services.tokens);
    if (context.env.isForAgents === true && caller.kind !== "agent")
      throw new ConductorError("auth.refused", "only agents are served here");
    context.set("caller", caller);
    return next();
  });
  daemonRoutes(app, services);
  sessionRoutes(app, services);
  taskRoutes(app, services);
  executionRoutes(app, services);
  agentRoutes(app, services);
  terminalRoutes(app, services);
  messageRoutes(app, services);
  handoffRoutes(app, services);
  notifyRoutes(app, services);
  approvalRoutes(app, services);
  tokenRoutes(app, services);
  usageRoutes(app, services);
  gateRoutes(app, services);
  hookRoutes(app, services);
  policyRoutes(app, services);
  eventRoutes(app, services);
  mcpRoutes(app, services);
  return app;
}

function unserved(method: string, path: string, allowed: readonly string[]): ConductorError {
  if (allowed.length > 0)
    return new ConductorError("usage.method", `${path} is not for ${method}`, {
      hint: `it takes ${allowed.join(", ")}`,
    });
  return new ConductorError("not_found", `there is no ${method} ${path}`, {
    data: { route: `${method} ${path}` },
  });
}
