/** What the bridge has to know of JSON-RPC messages. Pure. */
import { describeError } from "../../base/errors.ts";

export interface Incoming {
  /** The message as it goes to the daemon. */
  readonly body: string;
  /** As JSON text; undefined for what wants no answer. */
  readonly id: string | undefined;
  /** The request that this one takes back, as JSON text. */
  readonly cancels: string | undefined;
}

/**
 * A call gets a key of its own, so that the daemon takes it for the same one when it is sent again.
 * @throws {SyntaxError}
 */
export function readIncoming(line: string, newKey: () => string): Incoming {
  const message: unknown = JSON.parse(line);
  const { id, method, params } = recordOf(message);
  const isCall = method === "tools/call" && id !== undefined;
  const body = isCall
    ? JSON.stringify({ ...recordOf(message), params: withKey(recordOf(params), newKey) })
    : line;
  const cancelled =
    method === "notifications/cancelled" ? recordOf(params)["requestId"] : undefined;
  return {
    body,
    id: id === undefined || method === undefined ? undefined : JSON.stringify(id),
    cancels: cancelled === undefined ? undefined : JSON.stringify(cancelled),
  };
}

function withKey(
  params: Readonly<Record<string, unknown>>,
  newKey: () => string,
): Record<string, unknown> {
  return { ...params, _meta: { "conductor/key": newKey(), ...recordOf(params["_meta"]) } };
}

/** True where this message ends the request of that id. */
export function isAnswerTo(text: string, id: string): boolean {
  const message = recordOf(JSON.parse(text));
  return message["method"] === undefined && JSON.stringify(message["id"]) === id;
}

const SERVER_ERROR = -32_000;
const PARSE_ERROR = -32_700;

export function failureOf(id: string, error: unknown): string {
  return `{"jsonrpc":"2.0","id":${id},"error":${errorOf(SERVER_ERROR, describeError(error))}}`;
}

export function unreadable(): string {
  return `{"jsonrpc":"2.0","id":null,"error":${errorOf(PARSE_ERROR, "this line is no JSON")}}`;
}

function errorOf(code: number, message: string): string {
  return JSON.stringify({ code, message });
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
