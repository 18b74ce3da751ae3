/** `conductor provider detect --jsonl`: screens in, judgements out, one JSON line each; needs no daemon. */
import { z } from "zod";
import { describeError } from "../../base/errors.ts";
import { detect, type ProviderDefinition } from "../../core/providers/index.ts";

const question = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  provider: z.string(),
  screen: z.string(),
  title: z.string().nullish(),
  command: z.string().nullish(),
  dead: z.boolean().nullish(),
  dispatched: z.boolean().nullish(),
});

/** A screen is some 10 kB; a line far beyond that is not one. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Reads JSON lines from chunks of text and writes one JSON line for each, in order.
 * @param definitions  by name and alias
 * @returns the exit code: 1 when a line was not understood (its answer has `error`), else 0
 */
export async function runDetect(
  input: AsyncIterable<string>,
  write: (text: string) => void | Promise<void>,
  definitions: ReadonlyMap<string, ProviderDefinition>,
): Promise<0 | 1> {
  let exitCode: 0 | 1 = 0;
  let number = 0;
  for await (const lines of batchesOfLines(input)) {
    const answers: string[] = [];
    for (const line of lines) {
      number += 1;
      if (line.trim() === "") continue;
      const answer = judge(line, number, definitions);
      if ("error" in answer) exitCode = 1;
      answers.push(`${JSON.stringify(answer)}\n`);
    }
    if (answers.length > 0) await write(answers.join(""));
  }
  return exitCode;
}

async function* batchesOfLines(input: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = "";
  for await (const chunk of input) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    // Given up as it is, so that a stream without line feeds cannot fill the memory.
    if (rest.length > MAX_LINE) {
      lines.push(rest);
      rest = "";
    }
    yield lines;
  }
  if (rest !== "") yield [rest];
}

type Answer = Readonly<Record<string, unknown>>;

function judge(
  line: string,
  number: number,
  definitions: ReadonlyMap<string, ProviderDefinition>,
): Answer {
  const parsed = read(line);
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

function read(
  line: string,
):
  | { readonly success: true; readonly data: z.infer<typeof question> }
  | { readonly success: false; readonly why: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { success: false, why: describeError(error) };
  }
  const parsed = question.safeParse(value);
  if (parsed.success) return parsed;
  const [issue] = parsed.error.issues;
  return {
    success: false,
    why: `${issue?.path.join(".") || "line"}: ${issue?.message ?? "is not valid"}`,
  };
}
