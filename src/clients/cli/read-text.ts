import { readFileSync } from "node:fs";
import { ConductorError, describeError } from "../../base/errors.ts";
import type { Context } from "./context.ts";

/** The words of a command as one text; `-` alone reads it from stdin, without its last line break. */
export async function readText(
  context: Pick<Context, "stdin">,
  words: readonly string[],
  hint: string,
): Promise<string> {
  if (words.length === 0) throw usage("a text is missing; - reads it from stdin", hint);
  const text = words.length === 1 && words[0] === "-" ? await readAll(context) : words.join(" ");
  if (text.trim() === "") throw usage("the text is empty", hint);
  return text;
}

/** stdin to its end, without its last line break. */
export async function readAll({ stdin }: Pick<Context, "stdin">): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stdin) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString("utf8").replace(/\n$/, "");
}

export function textOfFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConductorError("not_found", `${file} cannot be read: ${describeError(error)}`, {
      cause: error,
      hint: "name a file that is there and that you may read; - is stdin",
    });
  }
}

function usage(message: string, hint: string): ConductorError {
  return new ConductorError("usage.invalid", message, { hint });
}
