/** What the door has to know of JSON-RPC messages; whether one is well formed, the SDK says. Pure. */
import { z } from "zod";

/** Of a handoff whose connection may break: enough to answer it to whoever asks again. */
export interface Cut {
  readonly id: string | number;
  readonly key: string;
  readonly token?: string | number | undefined;
}

export interface Facts {
  readonly id: unknown;
  readonly method: unknown;
  /** The request that this one takes back. */
  readonly cancels: unknown;
  readonly cut: Cut | undefined;
}

const KEY = "conductor/key";

const cutSchema = z.strictObject({
  id: z.union([z.string(), z.number()]),
  key: z.string().min(1).max(200),
  token: z.union([z.string(), z.number()]).optional(),
});

export function factsOf(body: unknown): Facts {
  const { id, method, params } = recordOf(body);
  const { requestId, name } = recordOf(params);
  const isCancel = method === "notifications/cancelled";
  const isLong = method === "tools/call" && (name === "handoff" || name === "resume_handoff");
  return {
    id,
    method,
    cancels: isCancel ? requestId : undefined,
    cut: isLong ? cutOf(id, recordOf(params)) : undefined,
  };
}

function cutOf(id: unknown, params: Readonly<Record<string, unknown>>): Cut | undefined {
  const meta = recordOf(params["_meta"]);
  const input = recordOf(params["arguments"]);
  const asked = { id, key: input["key"] ?? meta[KEY], token: meta["progressToken"] };
  return cutSchema.safeParse(asked).data;
}

/** Every call gets a key, so that it can be taken up again; one that has come with it keeps it. */
export function withKey(body: unknown, newKey: () => string): unknown {
  const message = recordOf(body);
  if (message["method"] !== "tools/call") return body;
  const params = recordOf(message["params"]);
  const meta = { [KEY]: newKey(), ...recordOf(params["_meta"]) };
  return { ...message, params: { ...params, _meta: meta } };
}

export function eventId(cut: Cut): string {
  return Buffer.from(JSON.stringify(cut)).toString("base64url");
}

export function readEventId(text: string | undefined): Cut | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text ?? "", "base64url").toString("utf8"));
    return cutSchema.safeParse(value).data;
  } catch {
    return undefined;
  }
}

/** The call that answers it. */
export function resumption({ id, key, token }: Cut): unknown {
  const meta = { [KEY]: key, ...(token === undefined ? {} : { progressToken: token }) };
  const params = { name: "resume_handoff", arguments: { key }, _meta: meta };
  return { jsonrpc: "2.0", id, method: "tools/call", params };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
