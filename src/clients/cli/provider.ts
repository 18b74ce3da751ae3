/** `conductor provider detect --jsonl`: screens in, judgements out, one JSON line each; needs no daemon. */
import { z } from "zod";
import { describeError } from "../../base/errors.ts";
import { detect, type ProviderDefinition } from "../../core/providers/index.ts";
import { type Answer, answerLines, readLine } from "./json-lines.ts";

const question = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  provider: z.string(),
  screen: z.string(),
  title: z.string().nullish(),
  command: z.string().nullish(),
  dead: z.boolean().nullish(),
  dispatched: z.boolean().nullish(),
});

/**
 * Reads JSON lines from chunks of text and writes one JSON line for each, in order.
 * @param definitions  by name and alias
 * @returns the exit code: 1 when a line was not understood (its answer has `error`), else 0
 */
export function runDetect(
  input: AsyncIterable<string>,
  write: (text: string) => void | Promise<void>,
  definitions: ReadonlyMap<string, ProviderDefinition>,
): Promise<0 | 1> {
  return answerLines(input, write, (line, number) => judge(line, number, definitions));
}

function judge(
  line: string,
  number: number,
  definitions: ReadonlyMap<string, ProviderDefinition>,
): Answer {
  const parsed = readLine(line, question);
  if (!parsed.success) return { id: null, line: number, error: parsed.why };
  const { id = null, provider, ...asked } = parsed.data;
  const definition = definitions.get(provider);
  if (definition === undefined)
    return { id, line: number, error: `no provider is called ${provider}` };
  try {
    const { status, detail, composer, rule, lastMessage } = detect(definition, {
      screen: asked.screen,
      title: asked.title ?? undefined,
      command: asked.command ?? undefined,
      dead: asked.dead ?? undefined,
      dispatched: asked.dispatched ?? undefined,
    });
    return { id, status, detail, composer, rule, lastMessage: lastMessage ?? null };
  } catch (error) {
    return { id, line: number, error: describeError(error) };
  }
}
