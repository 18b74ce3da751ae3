/** A daemon's door for client tests: answers over a unix socket in a temporary home. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createRawServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../src/base/environment.ts";
import type { Lifetime } from "../../src/base/lifetime.ts";
import { type Paths, resolvePaths } from "../../src/base/paths.ts";

export const TOKEN = "t".repeat(64);

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly token: string | undefined;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  /** Takes the response over, as for a stream. */
  readonly take?: (response: ServerResponse) => void;
}

export interface TestHome {
  readonly env: Environment;
  readonly paths: Paths;
}

export function testHome(lifetime: Lifetime, extra: Environment = {}): TestHome {
  const home = mkdtempSync(join(tmpdir(), "conductor-test-"));
  lifetime.own(() => rmSync(home, { recursive: true, force: true }));
  const env = { HOME: home, CONDUCTOR_HOME: home, PATH: process.env["PATH"], ...extra };
  const paths = resolvePaths(env);
  writeFileSync(paths.token, `${TOKEN}\n`, { mode: 0o600 });
  return { env, paths };
}

/** The calls it got, in order, as they come. */
export async function serve(
  lifetime: Lifetime,
  socket: string,
  answer: (call: Call) => Reply | undefined,
): Promise<Call[]> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void readCall(request).then((call) => {
      calls.push(call);
      reply(response, answer(call));
    });
  });
  await listen(lifetime, server, socket);
  return calls;
}

/** Speaks for itself, byte by byte. */
export async function serveRaw(
  lifetime: Lifetime,
  socket: string,
  speak: (peer: Socket) => void,
): Promise<void> {
  await listen(lifetime, createRawServer(speak), socket);
}

function reply(response: ServerResponse, told: Reply | undefined): void {
  if (told?.take !== undefined) {
    told.take(response);
    return;
  }
  const missing = {
    code: "not_found",
    detail: "there is no such thing",
    hint: null,
    data: {},
  };
  const body = told === undefined ? missing : told.json;
  const status = told === undefined ? 404 : (told.status ?? 200);
  response.writeHead(status, { "content-type": "application/json", ...told?.headers });
  response.end(JSON.stringify(body));
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const text = Buffer.concat(pieces).toString("utf8");
  const url = new URL(request.url ?? "/", "http://conductor");
  return {
    method: request.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    body: text === "" ? undefined : JSON.parse(text),
    token: request.headers.authorization?.replace(/^Bearer /, ""),
  };
}

async function listen(lifetime: Lifetime, server: Server, socket: string): Promise<void> {
  const peers = new Set<Socket>();
  server.on("connection", (peer) => {
    peers.add(peer);
    peer.on("error", () => undefined);
    peer.once("close", () => peers.delete(peer));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(socket, () => resolve());
  await promise;
  lifetime.own(async () => {
    for (const peer of peers) peer.destroy();
    await new Promise<void>((done) => server.close(() => done()));
  });
}
