/** The payloads of Claude Code's hooks, which other CLIs' hooks were modelled on: their common fields. */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { z } from "zod";
import type { AgentEvent } from "../terminals/index.ts";
import type { HookCall, HookEvent, HookQuestion, HookSignal } from "./contract.ts";

const name = z.string().min(1).max(300);
const toolCall = z.looseObject({
  hook_event_name: z.string(),
  cwd: z.string().startsWith("/").max(4_096),
  tool_name: name,
  tool_input: z.record(z.string(), z.unknown()),
  tool_use_id: name.nullish(),
});
const ending = z.looseObject({
  tool_name: name,
  tool_input: z.record(z.string(), z.unknown()).nullish(),
  tool_use_id: name.nullish(),
});
const words = z.string().nullish();
const signal = z.looseObject({
  session_id: words,
  transcript_path: words,
  prompt: words,
  last_assistant_message: words,
  prompt_response: words,
  error: words,
});

/** What a tool would do, as text and for the guard; of a shell's text also the folder that its tool was given. */
export interface Said extends Pick<HookCall, "text" | "use"> {
  readonly folder?: unknown;
}
export type Input = Readonly<Record<string, unknown>>;
export type Told = Pick<
  z.output<typeof signal>,
  "prompt" | "last_assistant_message" | "prompt_response" | "error"
>;

/** @param saidOf  undefined where the input lacks what the tool cannot do without */
export function readCall(
  event: string,
  payload: unknown,
  saidOf: (tool: string, input: Input) => Said | undefined,
): Extract<HookEvent, { kind: "call" | "malformed" }> {
  const parsed = toolCall.safeParse(payload);
  if (!parsed.success) return malformed(parsed.error);
  const { hook_event_name: told, tool_name: tool, tool_input: input } = parsed.data;
  if (told !== event) return { kind: "malformed", why: `it tells of ${told.slice(0, 60)}` };
  const said = saidOf(tool, input);
  if (said === undefined)
    return { kind: "malformed", why: `the tool ${tool} was called without what it needs` };
  const { folder, ...rest } = said;
  const cwd = isText(folder) ? resolve(parsed.data.cwd, folder) : parsed.data.cwd;
  const id = parsed.data.tool_use_id ?? sameCall(tool, input);
  const call: HookCall = { kind: "call", id, tool, cwd, ...rest };
  if ([cwd, call.text, ...(call.use?.paths ?? [])].some((part) => part.includes("\0")))
    return { kind: "malformed", why: "it holds a NUL, which no command or path can" };
  return call;
}

/** Of its own question, which holds what the call holds. */
export function readQuestion(
  event: string,
  payload: unknown,
  saidOf: (tool: string, input: Input) => Said | undefined,
  when: Pick<HookQuestion, "isJudgedNext"> = { isJudgedNext: false },
): HookEvent {
  const call = readCall(event, payload, saidOf);
  if (call.kind === "malformed") return call;
  const { tool, cwd, text } = call;
  return { kind: "question", tool, cwd, text, ...when };
}

export function readEnding(payload: unknown): HookEvent {
  const parsed = ending.safeParse(payload);
  if (!parsed.success) return malformed(parsed.error);
  const { tool_name: tool, tool_input: input, tool_use_id: id } = parsed.data;
  return { kind: "ended", id: id ?? (input ? sameCall(tool, input) : null), tool };
}

/** Where a CLI gives its calls no id, the end of one names the same tool and input, whatever mark we put on that. */
function sameCall(tool: string, { conductor: _mark, ...input }: Input): string {
  return createHash("sha256")
    .update(`${tool}\0${JSON.stringify(input)}`)
    .digest("hex");
}

export function readSignal(
  event: string,
  payload: unknown,
  wordOf: (event: string, told: Told) => AgentEvent | null,
): HookEvent {
  const parsed = signal.safeParse(payload);
  if (!parsed.success) return malformed(parsed.error);
  const { session_id: session, transcript_path: transcript, ...told } = parsed.data;
  return {
    kind: "signal",
    event,
    sessionId: session ?? null,
    transcriptPath: transcript ?? null,
    word: wordOf(event, told),
  } satisfies HookSignal;
}

function malformed(error: z.ZodError): Extract<HookEvent, { kind: "malformed" }> {
  const [issue] = error.issues;
  const where = issue?.path.join(".") ?? "";
  return { kind: "malformed", why: `${where === "" ? "it" : where}: ${issue?.message ?? "?"}` };
}

/** Stop comes on a normal end only: after an interruption no hook runs at all. */
export function wordOfTurn(event: string, told: Told): AgentEvent | null {
  switch (event) {
    case "UserPromptSubmit":
      return { kind: "prompt", text: told.prompt ?? "" };
    case "Stop":
      return {
        kind: "turnEnded",
        state: "completed",
        detail: "",
        answer: told.last_assistant_message ?? null,
      };
    case "StopFailure":
      return {
        kind: "turnEnded",
        state: "failed",
        detail: told.error === "rate_limit" ? "limited" : "failed",
        answer: null,
      };
    default:
      return null;
  }
}

/** Not what every object inherits. */
export function own(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** As a shell would be given it: the guard reads both in the one way. */
export function patchText(patch: string): string {
  // No line of the patch can be this one.
  const end = `END-${createHash("sha256").update(patch).digest("hex").slice(0, 16)}`;
  return `apply_patch <<'${end}'\n${patch}\n${end}`;
}
