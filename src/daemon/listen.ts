/** Opens the daemon's doors over one handler: the unix socket, loopback, and the socket for agents alone. */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { Server } from "node:http";
import { dirname } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { ConductorError } from "../base/errors.ts";
import type { App } from "./http/env.ts";

export interface Doors {
  readonly port: number;
  close(): Promise<void>;
}

const PORTS_TRIED = 50;

/**
 * Only the holder of the run lock may call this: a socket file that is there is a stale one.
 * Where the port is taken the next free one is used.
 */
export async function openDoors(
  app: App,
  where: Wanted & { readonly socket: string; readonly agentSocket: string },
): Promise<Doors> {
  const server = (fetch: App["fetch"] = app.fetch): Server => {
    const made = createAdaptorServer({ fetch, overrideGlobalObjects: false });
    if (made instanceof Server) return made;
    throw new Error("the HTTP adaptor made a server of another kind");
  };
  rmSync(where.socket, { force: true });
  const tcp = server();
  const port = await listenOnFreePort(tcp, where);
  const unix = server();
  await listening(unix, { path: where.socket });
  chmodSync(where.socket, 0o600);
  const agents = server((request, env) => app.fetch(request, { ...env, isForAgents: true }));
  mkdirSync(dirname(where.agentSocket), { recursive: true, mode: 0o700 });
  rmSync(where.agentSocket, { force: true });
  await listening(agents, { path: where.agentSocket });
  chmodSync(where.agentSocket, 0o600);
  return {
    port,
    close: async () => {
      await Promise.all([closed(unix), closed(tcp), closed(agents)]);
      rmSync(where.socket, { force: true });
    },
  };
}

interface Wanted {
  readonly host: string;
  readonly port: number;
  /** The port of the daemon before, which running agents know; tried first. */
  readonly before?: number | undefined;
}

async function listenOnFreePort(server: Server, where: Wanted): Promise<number> {
  const { host, port: wanted, before } = where;
  const next = Array.from({ length: PORTS_TRIED }, (_, at) => wanted + at);
  for (const port of before === undefined ? next : [before, ...next]) {
    try {
      await listening(server, { host, port });
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : port;
    } catch (error) {
      const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (!taken) throw error;
    }
  }
  throw new ConductorError(
    "config.invalid",
    `ports ${wanted} to ${wanted + PORTS_TRIED - 1} are taken`,
    {
      hint: "set http.port in config.yaml",
    },
  );
}

function listening(
  server: Server,
  where: { path: string } | { host: string; port: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(where, () => {
    server.off("error", reject);
    resolve();
  });
  return promise;
}

function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
