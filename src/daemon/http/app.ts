/** The REST door: locks, token, then one file of routes per feature. */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { ConductorError } from "../../base/errors.ts";
import { VERSION } from "../../base/version.ts";
import { MESSAGE_LIMIT_BYTES } from "../../contract/messages.ts";
import { authenticate } from "../auth.ts";
import { mcpRoutes } from "../mcp/door.ts";
import type { Services } from "../services.ts";
import { approvalRoutes } from "./approvals.ts";
import { daemonRoutes } from "./daemon.ts";
import type { App, HttpEnv } from "./env.ts";
import { errorResponse } from "./errors.ts";
import { eventRoutes } from "./events.ts";
import { gateRoutes } from "./gate.ts";
import { guardRequest } from "./guard.ts";
import { handoffRoutes } from "./handoffs.ts";
import { hookRefusals, hookRoutes } from "./hooks.ts";
import { humanRoutes } from "./humans.ts";
import { messageRoutes } from "./messages.ts";
import { policyRoutes } from "./policy.ts";
import { terminalRoutes } from "./terminals.ts";
import { usageRoutes } from "./usage.ts";

const BODY_LIMIT_BYTES = 2 * MESSAGE_LIMIT_BYTES;

export function createApp(services: Services): App {
  const app: App = new Hono<HttpEnv>();
  app.onError((error, context) => errorResponse(error, context, services.log));
  app.notFound((context) => {
    const { method, path } = context.req;
    const error = new ConductorError("not_found", `there is no ${method} ${path}`, {
      data: { route: `${method} ${path}` },
    });
    return errorResponse(error, context, services.log);
  });
  hookRefusals(app);
  app.use(async (context, next) => {
    context.header("conductor-version", VERSION);
    context.header("cache-control", "no-store");
    context.header("x-content-type-options", "nosniff");
    guardRequest(
      {
        method: context.req.method,
        host: context.req.header("host"),
        origin: context.req.header("origin"),
        fetchSite: context.req.header("sec-fetch-site"),
        contentType: context.req.header("content-type"),
        overUnixSocket: context.env.incoming?.socket.remoteAddress === undefined,
      },
      services.describe().http.port,
    );
    const caller = authenticate(context.req.header("authorization"), services.tokens);
    if (context.env.isForAgents === true && caller.kind !== "agent")
      throw new ConductorError("auth.refused", "only agents are served here");
    context.set("caller", caller);
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: BODY_LIMIT_BYTES,
      onError: () => {
        throw new ConductorError(
          "message.too_large",
          `a request holds at most ${BODY_LIMIT_BYTES} bytes`,
        );
      },
    }),
  );
  daemonRoutes(app, services);
  terminalRoutes(app, services);
  messageRoutes(app, services);
  handoffRoutes(app, services);
  approvalRoutes(app, services);
  humanRoutes(app, services);
  usageRoutes(app, services);
  gateRoutes(app, services);
  hookRoutes(app, services);
  policyRoutes(app, services);
  eventRoutes(app, services);
  mcpRoutes(app, services);
  return app;
}
