/** What a request may bring: so much, of that type. */
import type { Context } from "hono";
import { ConductorError } from "../../base/errors.ts";

export const JSON_TYPE = "application/json";

/**
 * A JSON body as a value, any other as text; without a body, an empty object.
 * @throws {ConductorError} `usage.media_type`, `message.too_large`; SyntaxError where it is no JSON
 */
export async function readBody(
  context: Context,
  { takes, maxBytes }: { readonly takes: string; readonly maxBytes: number },
): Promise<unknown> {
  const { req } = context;
  const text = await textOf(context, maxBytes);
  const type = req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== takes && (text !== "" || type !== undefined))
    throw new ConductorError("usage.media_type", `the body must be ${takes}`, {
      hint: `send the header Content-Type: ${takes}`,
    });
  if (takes !== JSON_TYPE) return text;
  return text === "" ? {} : JSON.parse(text);
}

/** Hono's own limit makes a new request of one without a length, which its Node server cannot. */
async function textOf({ req }: Context, maxBytes: number): Promise<string> {
  const tooLarge = (): ConductorError => {
    const told = `the body of ${req.method} ${req.path} holds at most ${maxBytes} bytes`;
    return new ConductorError("message.too_large", told);
  };
  if (Number(req.header("content-length") ?? 0) > maxBytes) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of req.raw.body ?? []) {
    size += piece.length;
    if (size > maxBytes) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
