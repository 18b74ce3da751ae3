/**
 * HTTP/1.1 over a socket by hand: node:http costs a short command more than the rest of its
 * start. One connection carries one exchange, and the daemon is the only peer.
 */
import { connect, type Socket } from "node:net";
import { ConductorError } from "../../base/errors.ts";
import { type Piece, ResponseParser } from "./response-parser.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Until the response is whole, or until its head with `deadline: "head"`. */
  readonly deadlineMs: number;
  readonly deadline?: "whole" | "head";
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** @throws {ConductorError} `daemon.unreachable`, `timeout`; an aborted signal rejects with its reason */
export async function request(at: string, asked: HttpRequest): Promise<HttpResponse> {
  let status = 0;
  let headers: ReadonlyMap<string, string> = new Map();
  const body: Buffer[] = [];
  for await (const piece of exchange(at, asked)) {
    if (piece.kind === "head") ({ status, headers } = piece);
    else body.push(piece.bytes);
  }
  return { status, headers, body: Buffer.concat(body).toString("utf8") };
}

/**
 * The response as it comes: its head, then its body's bytes. Leaving the loop ends the connection.
 * @param at  a socket's path, or the `http://` address that contained agents have in its place
 */
export async function* exchange(at: string, asked: HttpRequest): AsyncGenerator<Piece> {
  asked.signal?.throwIfAborted();
  const socket = open(at);
  const stop = (): void => void socket.destroy(stopped(asked.signal));
  asked.signal?.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => socket.destroy(late(asked)), asked.deadlineMs);
  const parser = new ResponseParser();
  try {
    socket.write(requestText(at, asked));
    for await (const chunk of bytesOf(socket)) {
      for (const piece of parser.push(chunk)) {
        if (piece.kind === "head" && asked.deadline === "head") clearTimeout(timer);
        yield piece;
      }
      if (parser.isDone) return;
    }
    parser.end();
  } catch (error) {
    if (asked.signal?.aborted) throw asked.signal.reason;
    throw connectionError(error, at);
  } finally {
    clearTimeout(timer);
    asked.signal?.removeEventListener("abort", stop);
    socket.destroy();
  }
}

function open(at: string): Socket {
  if (!at.startsWith("http://")) return connect(at);
  const { hostname, port } = new URL(at);
  return connect({ host: hostname.replaceAll(/[[\]]/g, ""), port: Number(port) });
}

/** A socket without an encoding yields buffers; the type of its iterator does not know that. */
function bytesOf(socket: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return socket;
}

function requestText(at: string, asked: HttpRequest): string {
  const lines = [
    `${asked.method} ${asked.path} HTTP/1.1`,
    `host: ${at.startsWith("http://") ? new URL(at).host : "conductor"}`,
    "accept: application/json",
    "connection: close",
  ];
  if (asked.token !== undefined) lines.push(`authorization: Bearer ${asked.token}`);
  for (const [name, value] of Object.entries(asked.headers ?? {})) lines.push(`${name}: ${value}`);
  if (asked.body !== undefined) {
    lines.push("content-type: application/json");
    lines.push(`content-length: ${Buffer.byteLength(asked.body)}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n${asked.body ?? ""}`;
}

function stopped(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error("aborted");
}

function late(asked: HttpRequest): ConductorError {
  return new ConductorError(
    "timeout",
    `the daemon did not answer ${asked.method} ${asked.path} within ${asked.deadlineMs} ms`,
    { hint: "conductor daemon status" },
  );
}

function connectionError(error: unknown, at: string): unknown {
  if (error instanceof ConductorError || !(error instanceof Error) || !("code" in error)) {
    return error;
  }
  const absent = ["ENOENT", "ENOTDIR", "ECONNREFUSED"].includes(String(error.code));
  const broken = error.code === "ECONNRESET" || error.code === "EPIPE";
  let told = `the daemon cannot be reached at ${at} (${String(error.code)})`;
  if (absent) told = `no daemon answers at ${at}`;
  if (broken) told = "the daemon closed the connection before it answered";
  return new ConductorError("daemon.unreachable", told, {
    cause: error,
    hint: "conductor daemon start",
    data: { absent },
  });
}
