/** One tool: what a model is told of it, and what it does for the terminal whose token it came with. */
import type { z } from "zod";
import { ConductorError } from "../../base/errors.ts";
import type { Terminal } from "../../core/terminals/index.ts";
import type { Caller } from "../auth.ts";
import { toConductorError } from "../http/errors.ts";
import type { Services } from "../services.ts";

export interface ToolCall {
  readonly services: Services;
  /** The terminal that calls; a tool speaks for no other. */
  readonly own: Terminal;
  readonly caller: Extract<Caller, { kind: "agent" }>;
  /** Aborted when the caller went away, or takes the call back. */
  readonly signal: AbortSignal;
  /** The same call again has the same key: a bridge that lost its connection repeats it. */
  readonly key: string | undefined;
  /** How long this CLI lets a call take. */
  readonly limitMs: number | undefined;
  /** Tells that it goes on, in words; resets the time-out of clients that allow it. */
  readonly progress: (text: string) => void;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  /** Changes nothing, so that a CLI need not ask about it. */
  readonly readOnly: boolean;
  run(input: unknown, call: ToolCall): Promise<string | Failure>;
}

/** What was asked for was tried, and came to nothing. */
export interface Failure {
  readonly failure: string;
}

/** Ties the schema to what runs. */
export function tool<Input extends z.ZodObject>(made: {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly readOnly?: boolean;
  readonly run: (input: z.output<Input>, call: ToolCall) => Promise<string | Failure>;
}): Tool {
  return {
    ...made,
    readOnly: made.readOnly ?? false,
    run: async (input, call) => made.run(made.input.parse(input), call),
  };
}

const PROGRESS_MS = 2_000;

/** Tells every two seconds how it stands, until the work is done. */
export async function whileTelling<T>(
  { services, progress }: Pick<ToolCall, "services" | "progress">,
  text: () => Promise<string>,
  work: Promise<T>,
): Promise<T> {
  let cancel = (): void => undefined;
  let isOver = false;
  const tick = async (): Promise<void> => {
    progress(await text().catch(() => "still waiting"));
    if (!isOver) cancel = services.clock.after(PROGRESS_MS, () => void tick());
  };
  void tick();
  try {
    return await work;
  } finally {
    isOver = true;
    cancel();
  }
}

/** What went wrong and what to do next, for a model. */
export function errorText(error: unknown): string {
  const { code, message, hint } = toConductorError(error);
  const next = hint === undefined ? "" : `\nWhat to do: ${hint}`;
  return `Error (${code}): ${message}.${next}`;
}

export function usage(message: string, hint: string): ConductorError {
  return new ConductorError("usage.invalid", message, { hint });
}
