/**
 * What an agent itself says of its session: by a hook of its own, or by a line of its transcript. Both speak
 * this one language, whatever the provider's format.
 */
import type { Instant } from "../../base/clock.ts";
import { assertNever } from "../../base/errors.ts";
import type { StatusDetail, StatusName } from "../../contract/status.ts";
import type { Turn } from "../../contract/terminals.ts";
import type { TurnEnd } from "./store.ts";

export type AgentSource = "hook" | "transcript";

/** How a turn went, in the agent's own words. */
export interface SaidEnd {
  readonly kind: "turnEnded";
  readonly state: Exclude<TurnEnd, "cancelled">;
  /** `limited`: out of quota. */
  readonly detail: Extract<StatusDetail, "" | "failed" | "limited">;
  /** The last answer whole, as the model wrote it; null where none is told. */
  readonly answer: string | null;
  /** What was said of a limit. */
  readonly notice?: string | undefined;
}

export type AgentEvent =
  /** It took this text as a prompt, and works on it. */
  | { readonly kind: "prompt"; readonly text: string }
  /** It goes on: a tool was called, or gave its result. */
  | { readonly kind: "working" }
  /** What it said last. Nothing follows unless it is told, but nothing says that the turn is over either. */
  | { readonly kind: "answer"; readonly text: string }
  | SaidEnd
  | {
      readonly kind: "waiting";
      readonly detail: Extract<StatusDetail, "permission" | "question" | "dialog">;
    };

export interface AgentWord {
  readonly source: AgentSource;
  /** When it happened by the agent's own clock, where it says so; else when it was heard. */
  readonly at: Instant;
  readonly event: AgentEvent;
}

/** The last prompt that was heard of, and how its turn ended, once it did. */
export interface Heard {
  readonly promptAt: Instant;
  readonly answer?: { readonly text: string; readonly source: AgentSource } | undefined;
  readonly end?: (SaidEnd & Pick<AgentWord, "source">) | undefined;
}

/** It tells of the time before the last prompt: a transcript is read a moment after a hook has spoken. */
export function isOutdated(heard: Heard | undefined, { at }: AgentWord): boolean {
  return heard !== undefined && at < heard.promptAt;
}

/** An end counts for the prompt before it; one without is of a time nobody listened. */
export function nextHeard(heard: Heard | undefined, word: AgentWord): Heard | undefined {
  const { source, at, event } = word;
  if (event.kind === "prompt") return { promptAt: at };
  if (heard === undefined) return undefined;
  if (event.kind === "answer") return { ...heard, answer: { text: event.text, source } };
  if (event.kind === "working") return { ...heard, answer: undefined };
  if (event.kind !== "turnEnded") return heard;
  // The stronger source's answer stays, whichever came first.
  if (heard.end?.source === "hook") return heard;
  // Some hooks say at every end that it was a good one.
  if (heard.end !== undefined && event.state === "completed" && event.answer === null) return heard;
  return { ...heard, end: { ...event, source } };
}

/** What the word says of the terminal's status; nothing where others know it better. */
export function statusOfWord(event: AgentEvent):
  | {
      readonly status: StatusName;
      readonly detail: StatusDetail;
      readonly rule: string;
    }
  | undefined {
  switch (event.kind) {
    case "prompt":
      return { status: "working", detail: "", rule: "it took a prompt" };
    case "working":
      return { status: "working", detail: "", rule: "it works" };
    case "answer":
      return undefined;
    case "waiting":
      return { status: "waiting", detail: event.detail, rule: "it asks" };
    case "turnEnded":
      return { status: "idle", detail: event.detail, rule: `its turn ${event.state}` };
    default:
      return assertNever(event);
  }
}

export function resultOf(end: NonNullable<Heard["end"]>): Turn["result"] {
  return end.answer === null ? null : { text: end.answer, source: end.source };
}

/** A turn that failed; of one that is out of quota, what was said of it is told too. */
export function failedEnd(isLimit: boolean, said: string, answer: string | null = null): SaidEnd {
  const detail = isLimit ? "limited" : "failed";
  return {
    kind: "turnEnded",
    state: "failed",
    detail,
    answer,
    ...(isLimit && { notice: said }),
  };
}
