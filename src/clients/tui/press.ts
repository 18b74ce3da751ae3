import { assertNever } from "../../base/errors.ts";
import { GRANT_MS } from "../../contract/grants.ts";
import { helpLowest } from "./help.ts";
import { bindingOf, type Command } from "./keymap.ts";
import type { Key } from "./keys.ts";
import { layoutOf, questionBox } from "./layout.ts";
import { isReadWhole, questionWindow } from "./question.ts";
import {
  type Effect,
  type Held,
  heldOf,
  isQuiet,
  type Mode,
  NOTICE_MS,
  QUIET_MS,
  type State,
  type Step,
  selected,
} from "./state.ts";

const REASON_LIMIT = 2_000;

/** What a key does; while the list has just moved, nothing that could decide. */
export function press(state: State, key: Key): Step {
  const { mode } = state;
  // Nothing is shown there but how to leave.
  const isSmall = layoutOf(state).name === "small";
  const binding = bindingOf(isSmall ? "list" : mode.name, key);
  if (isSmall && binding?.command !== "quit") return still(state);
  const isReading = mode.name === "list" || mode.name === "detail";
  if (isReading && isQuiet(state) && binding?.always !== true) return still(state);
  if (binding !== undefined) return run(state, binding.command);
  if (mode.name === "deny" && mode.held.fate === undefined && key.kind !== "named") {
    const typed = key.text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
    return still({
      ...state,
      mode: { ...mode, reason: (mode.reason + typed).slice(0, REASON_LIMIT) },
    });
  }
  return still(state);
}

function run(state: State, command: Command): Step {
  switch (command) {
    case "approve":
      return approve(state, (held) => yes(state, held));
    case "always":
      return approve(state, (held) => still(askAlways(state, held)));
    case "deny":
      return still(askReason(state));
    case "confirm":
      return confirm(state);
    case "open":
      return still(open(state));
    case "close":
      return still(close(state));
    case "next":
      return still(move(state, 1));
    case "previous":
      return still(move(state, -1));
    case "first":
      return still(move(state, -Infinity));
    case "last":
      return still(move(state, Infinity));
    case "page-down":
      return still(scroll(state, pageOf(state)));
    case "page-up":
      return still(scroll(state, -pageOf(state)));
    case "erase":
    case "erase-word":
    case "erase-all":
      return still(erase(state, command));
    case "help":
      return still(help(state));
    case "redraw":
      return { state, effects: [{ type: "redraw" }] };
    case "quit":
      return { state, effects: [{ type: "quit" }] };
    default:
      return assertNever(command);
  }
}

function still(state: State): Step {
  return { state, effects: [] };
}

/** Why no verdict can be given now, in words; undefined when one can. */
function obstacle(state: State): string | undefined {
  const held = heldOf(state);
  if (held === undefined) return "no approval is waiting";
  if (held.fate !== undefined) return held.fate;
  if (state.link.name !== "live") return "no connection: no verdict now";
  if (state.deciding.has(held.approval.id)) return "the verdict is on its way";
  return undefined;
}

/** Only what stood on the screen whole can be approved. */
function approve(state: State, go: (held: Held) => Step): Step {
  const held = heldOf(state);
  const why = obstacle(state);
  if (held === undefined || why !== undefined) return still(tell(state, why ?? ""));
  if (isReadWhole(state, held.approval)) return go(held);
  const shown = state.mode.name === "detail" || questionBox(state) !== undefined;
  if (shown) return still(tell(state, "read on (Space) to the end, then a"));
  // A key that repeats must not approve what it has just revealed.
  return still({ ...open(state), quietUntil: state.now + QUIET_MS });
}

function yes(state: State, { approval }: Held, grantMs?: number): Step {
  const { id, hash } = approval;
  const verdict = { verdict: "approve", hash, ...(grantMs !== undefined && { grantMs }) } as const;
  return decide(state, { type: "decide", id, verdict });
}

function askAlways(state: State, held: Held): State {
  const { origin, action } = held.approval;
  if (origin === "screen") return tell(state, "once only: its dialog is answered in the pane");
  if (action.onceOnly !== undefined) return tell(state, `once only: ${action.onceOnly}`);
  const from = state.mode.name === "detail" ? "detail" : "list";
  return { ...state, notice: undefined, top: 0, mode: { name: "always", held, from } };
}

function askReason(state: State): State {
  const held = heldOf(state);
  const why = obstacle(state);
  if (held === undefined || why !== undefined) return tell(state, why ?? "");
  const from = state.mode.name === "detail" ? "detail" : "list";
  return { ...state, notice: undefined, mode: { name: "deny", held, reason: "", from } };
}

function confirm(state: State): Step {
  const { mode } = state;
  if (mode.name !== "deny" && mode.name !== "always") return still(state);
  if (mode.held.fate !== undefined) return still(close(state));
  const why = obstacle(state);
  if (why !== undefined) return still(tell(state, why));
  if (mode.name === "always") return yes({ ...state, mode: closed(mode) }, mode.held, GRANT_MS);
  const { id, hash } = mode.held.approval;
  const reason = mode.reason.trim();
  return decide(
    { ...state, mode: closed(mode) },
    { type: "decide", id, verdict: { verdict: "deny", hash, ...(reason !== "" && { reason }) } },
  );
}

function decide(state: State, effect: Effect & { type: "decide" }): Step {
  const deciding = new Set(state.deciding).add(effect.id);
  return { state: { ...state, deciding, notice: undefined }, effects: [effect] };
}

function open(state: State): State {
  const approval = selected(state);
  if (approval === undefined) return state;
  return { ...state, top: 0, mode: { name: "detail", held: { approval } } };
}

/** Behind a question that was settled meanwhile the list has moved. */
function close(state: State): State {
  const { mode } = state;
  const isGone = "held" in mode && mode.held.fate !== undefined;
  const quietUntil = isGone ? state.now + QUIET_MS : state.quietUntil;
  return { ...state, mode: closed(mode), quietUntil };
}

function closed(mode: Mode): Mode {
  switch (mode.name) {
    case "help":
      return mode.back;
    case "always":
    case "deny":
      return mode.from === "detail" && mode.held.fate === undefined
        ? { name: "detail", held: mode.held }
        : { name: "list" };
    case "list":
    case "detail":
      return { name: "list" };
    default:
      return assertNever(mode);
  }
}

function help(state: State): State {
  const { mode } = state;
  return mode.name === "help" ? state : { ...state, mode: { name: "help", back: mode, top: 0 } };
}

/** The cursor in the list, the lines in a question or in help. */
function move(state: State, by: number): State {
  if (state.mode.name === "help") {
    const layout = layoutOf(state);
    const lowest = layout.name === "help" ? helpLowest(layout.help) : 0;
    const top = Math.max(0, Math.min(lowest, state.mode.top + by));
    return { ...state, mode: { ...state.mode, top } };
  }
  if (state.mode.name !== "list") return scroll(state, by);
  const index = state.queue.findIndex((each) => each.id === state.selectedId);
  const next = state.queue[Math.max(0, Math.min(state.queue.length - 1, index + by))];
  if (next === undefined || next.id === state.selectedId) return state;
  return { ...state, selectedId: next.id, top: 0 };
}

function scroll(state: State, by: number): State {
  const window = questionWindow(state);
  if (window === undefined) return state;
  return { ...state, top: Math.max(0, Math.min(window.lowest, window.top + by)) };
}

/** One line of the page before stays in sight. */
function pageOf(state: State): number {
  return Math.max(1, (questionWindow(state)?.shown.length ?? 2) - 1);
}

function erase(state: State, command: "erase" | "erase-word" | "erase-all"): State {
  const { mode } = state;
  if (mode.name !== "deny") return state;
  const rest = {
    erase: () => Array.from(mode.reason).slice(0, -1).join(""),
    "erase-word": () => mode.reason.replace(/\S*\s*$/u, ""),
    "erase-all": () => "",
  }[command]();
  return { ...state, mode: { ...mode, reason: rest } };
}

function tell(state: State, text: string): State {
  return { ...state, notice: { text, tone: "bad", until: state.now + NOTICE_MS } };
}
