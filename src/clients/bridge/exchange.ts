/** One JSON-RPC message to the daemon's `/mcp`, and what comes back for it. */
import { ConductorError } from "../../base/errors.ts";
import { exchange } from "../link/http.ts";
import { remoteError } from "../link/remote-error.ts";
import { SseParser } from "../link/sse.ts";

export interface McpDoor {
  /** A socket's path, or an `http://` address. */
  readonly at: string;
  readonly token: string;
}

export interface Post {
  readonly body: string;
  readonly session: string | undefined;
  readonly signal: AbortSignal;
}

export type Reply =
  /** What the daemon calls this client from now on. */
  | { readonly kind: "session"; readonly id: string }
  /** A JSON-RPC message for the CLI. */
  | { readonly kind: "message"; readonly text: string };

/** Until the head of the answer; the calls themselves take as long as they take. */
const HEAD_MS = 30_000;

/** @throws {ConductorError} the daemon's refusal; `daemon.unreachable` where it is away or went away */
export async function* post(door: McpDoor, { body, session, signal }: Post): AsyncGenerator<Reply> {
  const pieces = exchange(door.at, {
    method: "POST",
    path: "/mcp",
    token: door.token,
    body,
    headers: {
      accept: "application/json, text/event-stream",
      ...(session === undefined ? {} : { "mcp-session-id": session }),
    },
    signal,
    deadlineMs: HEAD_MS,
    deadline: "head",
  });
  const decoder = new TextDecoder();
  const stream = new SseParser();
  let status = 0;
  let isStream = false;
  let whole = "";
  for await (const piece of pieces) {
    if (piece.kind === "head") {
      ({ status } = piece);
      isStream = piece.headers.get("content-type")?.startsWith("text/event-stream") === true;
      const id = piece.headers.get("mcp-session-id");
      if (id !== undefined) yield { kind: "session", id };
      continue;
    }
    const text = decoder.decode(piece.bytes, { stream: true });
    if (!isStream) whole += text;
    else for (const data of stream.push(text)) yield { kind: "message", text: data };
  }
  if (isStream || whole === "") return;
  if (status >= 400 && !isJsonRpc(whole)) throw remoteError(status, whole);
  yield { kind: "message", text: whole };
}

function isJsonRpc(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "jsonrpc" in value;
  } catch (error) {
    throw new ConductorError("internal", "the daemon's answer is no JSON", { cause: error });
  }
}
