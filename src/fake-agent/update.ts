import { assertNever } from "../base/errors.ts";
import { draftLines, draftText, emptyDraft, eraseLast, pasteText, typeText } from "./draft.ts";
import type { Input, Key } from "./keys.ts";
import {
  type DialogMode,
  type Effect,
  type Event,
  type State,
  type Step,
  say,
  withEffects,
} from "./state.ts";
import { advance, beginTurn, nextPrompt, outcomeLines, over, working } from "./turn.ts";

/** Everything that the agent decides; time comes in as `now`, what is to happen goes out as effects. */
export function update(before: State, event: Event, now: number): Step {
  const state = { ...before, now };
  switch (event.type) {
    case "tick":
      return stay(state);
    case "started":
      return begin(state);
    case "done":
      return isCurrent(state, event.turn) ? resume(state) : stay(state);
    case "ran":
      if (!isCurrent(state, event.turn)) return stay(state);
      return withEffects(
        [{ type: "print", lines: outcomeLines(event.code, event.output) }],
        resume(state),
      );
    case "input":
      return input(state, event.input);
    default:
      return assertNever(event);
  }
}

function begin(state: State): Step {
  const { start } = state.script;
  if (start.exit !== undefined) {
    return { state: over(state), effects: [{ type: "exit", code: start.exit }] };
  }
  if (start.hangs) return stay({ ...state, mode: { kind: "hung" } });
  if (start.dialog === undefined) return stay({ ...state, mode: { kind: "idle" } });
  const dialog = { kind: "trust", question: start.dialog } as const;
  return stay({ ...state, mode: { kind: "dialog", dialog, selected: 0, rest: [] } });
}

function isCurrent(state: State, turn: number): boolean {
  return state.mode.kind === "working" && state.turn === turn;
}

function resume(state: State): Step {
  return advance(state, state.mode.kind === "working" ? state.mode.rest : []);
}

function input(state: State, typed: Input): Step {
  switch (state.mode.kind) {
    case "idle":
    case "working":
      return compose(state, typed);
    case "dialog":
      return decide(state, state.mode, typed);
    case "starting":
    case "hung":
    case "over":
      return stay(state);
    default:
      return assertNever(state.mode);
  }
}

function compose(before: State, typed: Input): Step {
  const state = { ...before, isExitArmed: false };
  if (typed.type === "paste") {
    return stay({ ...state, draft: pasteText(state.draft, typed.text) });
  }
  if (typed.type === "key") return composeKey(before, typed.key);
  if (typed.text === "?" && state.draft.length === 0) return { state, effects: [help] };
  return stay({ ...state, draft: typeText(state.draft, typed.text) });
}

function composeKey(before: State, key: Key): Step {
  const state = { ...before, isExitArmed: false };
  switch (key) {
    case "enter":
      return submit(state);
    case "newline":
      return stay({ ...state, draft: typeText(state.draft, "\n") });
    case "backspace":
      return stay({ ...state, draft: eraseLast(state.draft) });
    case "clear":
      return stay({ ...state, draft: emptyDraft });
    case "escape":
      return state.mode.kind === "working" ? interrupt(state) : stay(state);
    case "interrupt":
      return interruptKey(before);
    case "end":
      return state.draft.length === 0 && state.mode.kind === "idle" ? leave(state) : stay(state);
    case "up":
    case "down":
      return stay(state);
    default:
      return assertNever(key);
  }
}

function submit(state: State): Step {
  const text = draftText(state.draft);
  if (text.trim() === "") return stay(state);
  const isWorking = state.mode.kind === "working";
  const echo = draftLines(state.draft).map((line, index) => `${index === 0 ? "> " : "  "}${line}`);
  const effects: Effect[] = [
    { type: "receipt", text, during: isWorking ? "working" : "idle" },
    { type: "print", lines: echo },
  ];
  const cleared = { ...state, draft: emptyDraft };
  if (isWorking) return { state: { ...cleared, queue: [...state.queue, text] }, effects };
  return withEffects(effects, beginTurn(cleared, text));
}

/** Ctrl-C: a draft is cleared, a turn interrupted, and an empty idle composer left at the second press. */
function interruptKey(state: State): Step {
  if (state.draft.length > 0) return stay({ ...state, draft: emptyDraft, isExitArmed: false });
  if (state.mode.kind === "working") return interrupt(state);
  return state.isExitArmed ? leave(state) : stay({ ...state, isExitArmed: true });
}

function interrupt(state: State): Step {
  return nextPrompt({ ...state, turn: state.turn + 1 }, [{ type: "cancel" }, say("⎿ interrupted")]);
}

function leave(state: State): Step {
  return { state: over(state), effects: [{ type: "exit", code: 0 }] };
}

/** In a dialog only its keys count; typed text and pastes are lost, as in the CLIs that it stands for. */
function decide(state: State, mode: DialogMode, typed: Input): Step {
  const count = optionsOf(mode).length;
  if (typed.type === "paste") return stay(state);
  if (typed.type === "text") {
    const choice = Number(typed.text);
    const isChoice = /^[1-9]$/.test(typed.text) && choice <= count;
    return isChoice ? settle(state, mode, choice - 1) : stay(state);
  }
  switch (typed.key) {
    case "up":
      return stay({ ...state, mode: { ...mode, selected: Math.max(0, mode.selected - 1) } });
    case "down":
      return stay({
        ...state,
        mode: { ...mode, selected: Math.min(count - 1, mode.selected + 1) },
      });
    case "enter":
      return settle(state, mode, mode.selected);
    case "escape":
    case "interrupt":
      return settle(state, mode, undefined);
    case "newline":
    case "backspace":
    case "clear":
    case "end":
      return stay(state);
    default:
      return assertNever(typed.key);
  }
}

export function optionsOf(mode: DialogMode): readonly string[] {
  switch (mode.dialog.kind) {
    case "permission":
      return ["Yes", "No"];
    case "trust":
      return ["Yes, proceed", "No, exit"];
    case "question":
      return mode.dialog.options;
    default:
      return assertNever(mode.dialog);
  }
}

/** `choice` is the option's index; `undefined` means the dialog was escaped from. */
function settle(state: State, mode: DialogMode, choice: number | undefined): Step {
  const { dialog, rest } = mode;
  switch (dialog.kind) {
    case "trust":
      return choice === 0 ? stay({ ...state, mode: { kind: "idle" } }) : leave(state);
    case "permission":
      if (choice !== 0) return nextPrompt(state, [say("● denied")]);
      return {
        state: working(state, rest),
        effects: [{ type: "run", turn: state.turn, command: dialog.command }],
      };
    case "question":
      if (choice === undefined) return nextPrompt(state, [say("● no answer")]);
      return withEffects(
        [say(`● answered: ${dialog.options[choice] ?? ""}`)],
        advance(state, rest),
      );
    default:
      return assertNever(dialog);
  }
}

const help: Effect = {
  type: "print",
  lines: [
    "  do:say TEXT · do:slow N · do:run CMD · do:ask Q · do:long N · do:flood MB/s SECONDS",
    "  do:fail TEXT · do:limit · do:bytes · do:hang · do:crash [CODE] · !CMD · /exit",
  ],
};

function stay(state: State): Step {
  return { state, effects: [] };
}
