import type { Instant } from "../base/clock.ts";
import type { Action } from "./actions.ts";
import { type Draft, emptyDraft } from "./draft.ts";
import type { Input } from "./keys.ts";
import type { Script } from "./script.ts";

/** What the agent is doing; `rest` is what remains of the turn. */
export type Mode =
  | { readonly kind: "starting" }
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly since: Instant; readonly rest: readonly Action[] }
  | {
      readonly kind: "dialog";
      readonly dialog: Dialog;
      readonly selected: number;
      readonly rest: readonly Action[];
    }
  | { readonly kind: "hung" }
  | { readonly kind: "over" };

export type DialogMode = Extract<Mode, { kind: "dialog" }>;

export type Dialog =
  | { readonly kind: "permission"; readonly command: string }
  | { readonly kind: "question"; readonly question: string; readonly options: readonly string[] }
  | { readonly kind: "trust"; readonly question: string };

export interface State {
  readonly script: Script;
  readonly mode: Mode;
  readonly draft: Draft;
  /** Prompts submitted while a turn ran; each becomes a turn when its time comes. */
  readonly queue: readonly string[];
  /** The turn's number: what a timer or a command reports for an older one is ignored. */
  readonly turn: number;
  /** The last key was Ctrl-C on an empty composer: one more exits. */
  readonly isExitArmed: boolean;
  /** How often each rule of the script has answered. */
  readonly uses: readonly number[];
  readonly now: Instant;
}

export type Event =
  | { readonly type: "started" }
  | { readonly type: "tick" }
  | { readonly type: "input"; readonly input: Input }
  | { readonly type: "done"; readonly turn: number }
  | {
      readonly type: "ran";
      readonly turn: number;
      readonly code: number;
      readonly output: string;
    };

export type Effect =
  | { readonly type: "print"; readonly lines: readonly string[] }
  | { readonly type: "receipt"; readonly text: string; readonly during: "idle" | "working" }
  | { readonly type: "wait"; readonly turn: number; readonly ms: number }
  | { readonly type: "run"; readonly turn: number; readonly command: string }
  | {
      readonly type: "tool";
      readonly turn: number;
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: "flood";
      readonly turn: number;
      readonly megabytesPerSecond: number;
      readonly seconds: number;
    }
  /** Writes what a hostile program might write, then reports done. */
  | { readonly type: "attack"; readonly turn: number }
  /** Ends whatever the turn has under way. */
  | { readonly type: "cancel" }
  | { readonly type: "exit"; readonly code: number }
  | { readonly type: "kill"; readonly signal: string };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export function initialState(script: Script, now: Instant): State {
  return {
    script,
    mode: { kind: "starting" },
    draft: emptyDraft,
    queue: [],
    turn: 0,
    isExitArmed: false,
    uses: script.rules.map(() => 0),
    now,
  };
}

export function withEffects(effects: readonly Effect[], step: Step): Step {
  return { state: step.state, effects: [...effects, ...step.effects] };
}

export function say(line: string): Effect {
  return { type: "print", lines: [line] };
}
