/** JSON lines in, JSON lines out: one answer for each line, in order, with bounded memory. */
import type { z } from "zod";
import { describeError } from "../../base/errors.ts";
import type { Context, TextSink } from "./context.ts";

export type Answer = Readonly<Record<string, unknown>>;

/** A screen is some 10 kB, a command less; a line far beyond that is neither. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Reads lines from chunks of text and writes one JSON line for each.
 * @returns the exit code: 1 when a line was not understood (its answer has `error`), else 0
 */
export async function answerLines(
  input: AsyncIterable<string>,
  write: (text: string) => void | Promise<void>,
  answer: (line: string, number: number) => Answer,
): Promise<0 | 1> {
  let exitCode: 0 | 1 = 0;
  let number = 0;
  for await (const lines of batchesOfLines(input)) {
    const answers: string[] = [];
    for (const line of lines) {
      number += 1;
      if (line.trim() === "") continue;
      const given = answer(line, number);
      if ("error" in given) exitCode = 1;
      answers.push(`${JSON.stringify(given)}\n`);
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

export type ReadLine<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly why: string };

export function readLine<T>(line: string, schema: z.ZodType<T>): ReadLine<T> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { success: false, why: describeError(error) };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed;
  const [issue] = parsed.error.issues;
  return {
    success: false,
    why: `${issue?.path.join(".") || "line"}: ${issue?.message ?? "is not valid"}`,
  };
}

export async function* textOf(stdin: Context["stdin"]): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of stdin) {
    yield typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
}

/** Waits for a slow reader, so that thousands of answers are not held in memory. */
export function writer(stdout: TextSink): (text: string) => Promise<void> {
  return (text) =>
    new Promise((resolve) => {
      if (stdout.write(text) !== false || stdout.once === undefined) resolve();
      else stdout.once("drain", resolve);
    });
}
