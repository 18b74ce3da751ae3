import { assertNever } from "../base/errors.ts";
import { type Action, parseDirectives } from "./actions.ts";
import { digest } from "./hash.ts";
import { type Dialog, type Effect, type State, type Step, say, withEffects } from "./state.ts";
import { plain, splitLines } from "./text.ts";

/** Every turn works for this long first, so that its beginning can be seen. */
const PRELUDE: Action = { do: "work", seconds: 0.1 };
const SHOWN_OUTPUT_LINES = 20;

/** What a submitted prompt sets off: a command of ours, a shell command, or a turn. */
export function beginTurn(state: State, prompt: string): Step {
  if (prompt.startsWith("/")) return command(state, prompt.trim());
  if (prompt.startsWith("!")) {
    return start(state, [{ do: "run", command: prompt.slice(1).trim(), asks: false }]);
  }
  const rule = state.script.rules.findIndex(
    (candidate, index) =>
      (state.uses[index] ?? 0) < candidate.times && candidate.match.test(prompt),
  );
  const scripted = state.script.rules[rule]?.actions;
  const uses = state.uses.map((count, index) => (index === rule ? count + 1 : count));
  const actions = scripted ??
    parseDirectives(prompt) ?? [{ do: "acknowledge", text: prompt } satisfies Action];
  return start({ ...state, uses }, [PRELUDE, ...actions]);
}

function command(state: State, prompt: string): Step {
  if (prompt === "/exit") return { state: over(state), effects: [{ type: "exit", code: 0 }] };
  return nextPrompt(state, [say(`✗ unknown command ${plain(prompt)}`)]);
}

function start(state: State, actions: readonly Action[]): Step {
  return advance({ ...state, turn: state.turn + 1 }, actions);
}

/** Runs the turn on from its next action; an empty rest ends it. */
export function advance(state: State, actions: readonly Action[]): Step {
  const [action, ...rest] = actions;
  if (action === undefined) return nextPrompt(state, []);
  return perform(working(state, rest), action, rest);
}

/** The spinner counts from where the turn began, or went on after a dialog. */
export function working(state: State, rest: readonly Action[]): State {
  const since = state.mode.kind === "working" ? state.mode.since : state.now;
  return { ...state, mode: { kind: "working", since, rest } };
}

/** Ends the turn; a prompt that waited becomes the next one. */
export function nextPrompt(state: State, effects: readonly Effect[]): Step {
  const [prompt, ...queue] = state.queue;
  const idle: State = { ...state, mode: { kind: "idle" }, queue };
  return withEffects(
    effects,
    prompt === undefined ? { state: idle, effects: [] } : beginTurn(idle, prompt),
  );
}

/** The lines that tell what a command printed and how it ended. */
export function outcomeLines(code: number, output: string): readonly string[] {
  const lines = output === "" ? [] : splitLines(output.replace(/\r?\n$/, ""));
  const shown = lines.slice(0, SHOWN_OUTPUT_LINES).map((line) => `  ⎿ ${plain(line)}`);
  const hidden = lines.length - shown.length;
  return [`● ran: exit ${code}`, ...shown, ...(hidden > 0 ? [`  ⎿ … +${hidden} lines`] : [])];
}

export function over(state: State): State {
  return { ...state, mode: { kind: "over" }, queue: [] };
}

function perform(state: State, action: Action, rest: readonly Action[]): Step {
  const turn = state.turn;
  switch (action.do) {
    case "work":
      return { state, effects: [{ type: "wait", turn, ms: action.seconds * 1000 }] };
    case "say":
      return withEffects([{ type: "print", lines: answer(action.text) }], advance(state, rest));
    case "acknowledge":
      return withEffects([say(acknowledgement(action.text))], advance(state, rest));
    case "long":
      return withEffects(
        [{ type: "print", lines: longAnswer(action.lines) }],
        advance(state, rest),
      );
    case "run":
      if (!action.asks) return { state, effects: [{ type: "run", turn, command: action.command }] };
      return dialog(state, { kind: "permission", command: action.command }, rest);
    case "tool": {
      const { name, input } = action;
      return { state, effects: [{ type: "tool", turn, name, input }] };
    }
    case "ask":
      return dialog(
        state,
        { kind: "question", question: action.question, options: action.options },
        rest,
      );
    case "flood": {
      const { megabytesPerSecond, seconds } = action;
      return { state, effects: [{ type: "flood", turn, megabytesPerSecond, seconds }] };
    }
    case "bytes":
      return {
        state: working(state, [{ do: "say", text: "bytes sent" }, ...rest]),
        effects: [{ type: "attack", turn }],
      };
    case "fail":
      return nextPrompt(state, [say(`✗ ${plain(action.text)}`)]);
    case "limit":
      return nextPrompt(state, [say(limitNotice(state, action.minutes))]);
    case "hang":
      return { state: { ...state, mode: { kind: "hung" } }, effects: [] };
    case "crash": {
      const notice = say(`fatal: scripted crash, exit ${action.code}`);
      return { state: over(state), effects: [notice, { type: "exit", code: action.code }] };
    }
    case "kill":
      return { state: over(state), effects: [{ type: "kill", signal: action.signal }] };
    default:
      return assertNever(action);
  }
}

function dialog(state: State, shown: Dialog, rest: readonly Action[]): Step {
  return {
    state: { ...state, mode: { kind: "dialog", dialog: shown, selected: 0, rest } },
    effects: [],
  };
}

function answer(text: string): string[] {
  return splitLines(text).map((line, index) => `${index === 0 ? "● " : "  "}${plain(line)}`);
}

function longAnswer(count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${index === 0 ? "● " : "  "}line ${index + 1} of ${count}`,
  );
}

/** Proof of what arrived: the length in characters and the hash of the exact text. */
function acknowledgement(text: string): string {
  const { chars, sha256 } = digest(text);
  const head = Array.from(text.slice(0, 240))
    .slice(0, 60)
    .join("")
    .replaceAll(/[\r\n]+/g, " ");
  return `● ack chars=${chars} sha256=${sha256.slice(0, 12)} ${plain(head)}`;
}

function limitNotice(state: State, minutes: number): string {
  const retryAt = new Date(state.now + minutes * 60_000);
  return `✗ usage limit reached · resets at ${retryAt.toISOString().slice(0, 19)}Z`;
}
