/** What a request may bring: so much, of that type. */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { ConductorError } from "../../base/errors.ts";

export const JSON_TYPE = "application/json";

export function limitBody(maxSize: number): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: ({ req }) => {
      const told = `the body of ${req.method} ${req.path} holds at most ${maxSize} bytes`;
      throw new ConductorError("message.too_large", told);
    },
  });
}

/**
 * A JSON body as a value, any other as text; without a body, an empty object.
 * @throws {ConductorError} `usage.media_type`; SyntaxError where it is no JSON
 */
export async function readBody({ req }: Context, takes: string): Promise<unknown> {
  const text = await req.text();
  const type = req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== takes && (text !== "" || type !== undefined))
    throw new ConductorError("usage.media_type", `the body must be ${takes}`, {
      hint: `send the header Content-Type: ${takes}`,
    });
  if (takes !== JSON_TYPE) return text;
  return text === "" ? {} : JSON.parse(text);
}
