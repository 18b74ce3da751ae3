/** What an agent's own hooks tell and are told, whatever the provider's format. */
import type { GateLevel } from "../../contract/decisions.ts";
import type { ToolUse } from "../guard/index.ts";
import type { AgentEvent } from "../terminals/index.ts";

/** A tool call that waits for an answer. */
export interface HookCall {
  readonly kind: "call";
  /** The provider's id of it, where it has one: the end of the call names it again. */
  readonly id: string | null;
  readonly tool: string;
  readonly cwd: string;
  /** Shown to a human, whole or with the hash of the whole; of a shell tool the very text. */
  readonly text: string;
  /** Undefined for a shell text. */
  readonly use: ToolUse | undefined;
}

/** Something that happened, told and not asked: evidence for status and receipts. */
export interface HookSignal {
  readonly kind: "signal";
  readonly event: string;
  readonly sessionId: string | null;
  readonly transcriptPath: string | null;
  /** What it means for receipts, status and turns; null for the rest. */
  readonly word: AgentEvent | null;
}

/** The agent is about to put its own question to a person. */
export interface HookQuestion {
  readonly kind: "question";
  readonly tool: string;
  readonly cwd: string;
  readonly text: string;
  /** A yes lets nothing run yet: the call itself is asked about after it. Else it was, before. */
  readonly isJudgedNext: boolean;
}

export type HookEvent =
  | HookCall
  | HookQuestion
  | { readonly kind: "ended"; readonly id: string | null; readonly tool: string }
  | HookSignal
  /** It cannot be read: nothing may run because of it. */
  | { readonly kind: "malformed"; readonly why: string };

/** `none` leaves it to the provider's own permissions. */
export type HookVerdict =
  | { readonly kind: "allow" | "deny"; readonly reason: string }
  | { readonly kind: "none" };

/** What the hook says to its CLI: on its output, or with exit code 2, which no CLI takes for a yes. */
export type HookAnswer =
  | { readonly kind: "json"; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: "refusal"; readonly reason: string };

/** How a CLI's shell line holds the text that the tool was called with. */
export interface WrappedText {
  readonly text: string;
  /** The line itself with a harmless command in the text's place. */
  readonly rest: string;
}

/** What the answer is to. */
export interface HookAsked {
  readonly payload: unknown;
  /** Known to nobody but us and what `settings` wrote for this terminal. */
  readonly mark: string;
}

/** One provider's format; a provider file names it. */
export interface HookContract {
  /** Never throws, whatever comes. */
  read(event: string, payload: unknown): HookEvent;
  /** False for an event that only tells. */
  asks(event: string): boolean;
  answer(event: string, verdict: HookVerdict, asked?: HookAsked): HookAnswer;
  unwrap(line: string): WrappedText | undefined;
  settings(how: HookSettings): HookLaunch;
}

/** What a launch is given, so that the CLI calls our hooks. */
export interface HookLaunch {
  /** Written into the terminal's folder; the provider file says how the CLI is told of it. */
  readonly file?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  /** Further files below the terminal's folder, by their paths. */
  readonly more?: Readonly<Record<string, string>>;
}

export interface HookSettings {
  /** The words that carry an event by a process: `hook CONTRACT EVENT SECONDS` is put behind them. */
  readonly script: string;
  /** `http://127.0.0.1:7373/api/v1/hooks/claude-code` */
  readonly url: string;
  /** An answer comes within so long. */
  readonly waitSeconds: number;
  readonly gate: GateLevel;
  /** The folder that holds what CLIs load and run of ours. */
  readonly gates: string;
  /** Where the files are written: a folder of this terminal alone. */
  readonly folder: string;
  /** The agent's. */
  readonly home: string;
  /** The person's own settings, where `file` stands in for theirs. */
  readonly own: Readonly<Record<string, unknown>>;
  /** See HookAsked. */
  readonly mark: string;
  /** Tools for which its own question is to be answered, as the provider file names them. */
  readonly covers: readonly string[];
}
