/** Every route of the REST interface, by what it does; no other is served. */
import { agentApi } from "./agents.ts";
import { approvalApi } from "./approvals.ts";
import { daemonApi } from "./daemon.ts";
import { executionApi } from "./execution.ts";
import { gateApi } from "./gate.ts";
import { handoffApi } from "./handoffs.ts";
import { messageApi } from "./messages.ts";
import { notifyApi } from "./notify.ts";
import { policyApi } from "./policy.ts";
import type { Api, Route } from "./route.ts";
import { taskApi } from "./tasks.ts";
import { terminalApi } from "./terminals.ts";
import { tokenApi } from "./tokens.ts";
import { usageApi } from "./usage.ts";

export const api = {
  ...daemonApi,
  ...agentApi,
  ...terminalApi,
  ...messageApi,
  ...handoffApi,
  ...taskApi,
  ...executionApi,
  ...notifyApi,
  ...approvalApi,
  ...policyApi,
  ...tokenApi,
  ...usageApi,
  ...gateApi,
} satisfies Api;

const all: readonly Route[] = Object.values(api);
const byPath = Map.groupBy(all, ({ path }) => path);
const patterns = [...byPath].map(([path, found]) => {
  const methods = found.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return { regex: new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`), found, methods };
});

/** Of a path as it is called; none where nothing is there. */
export function methodsOf(path: string): readonly string[] {
  const methods = patterns.find(({ regex }) => regex.test(path))?.methods ?? [];
  return methods.length === 0 ? [] : [...methods, "OPTIONS"];
}

/** It takes no token. */
export function isOpen(asked: { readonly method: string; readonly path: string }): boolean {
  const found = patterns.find(({ regex }) => regex.test(asked.path))?.found ?? [];
  const method = asked.method === "HEAD" ? "GET" : asked.method;
  return found.some((route) => route.method === method && route.scopes.length === 0);
}
