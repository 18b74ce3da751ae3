import { assertNever } from "../base/errors.ts";
import { draftLines } from "./draft.ts";
import type { Dialog, DialogMode, State } from "./state.ts";
import { clip, plain, widthOf, wrap } from "./text.ts";
import { optionsOf } from "./update.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The area at the bottom that is drawn again at every change; `cursor` counts from its first line. */
export interface Frame {
  readonly lines: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number };
}

const PLACEHOLDER = "\u001b[2mType a message\u001b[22m";

export function view(state: State, size: Size): Frame {
  switch (state.mode.kind) {
    case "starting":
    case "hung":
    case "over":
      return { lines: [], cursor: { row: 0, column: 0 } };
    case "dialog":
      return dialogFrame(state.mode, size);
    case "idle":
      return composerFrame(state, [], size);
    case "working": {
      const seconds = Math.floor((state.now - state.mode.since) / 1000);
      return composerFrame(state, ["", `* working… (${seconds}s)`], size);
    }
    default:
      return assertNever(state.mode);
  }
}

/** The window title, or `undefined` where the agent leaves it alone. */
export function title(state: State): string | undefined {
  switch (state.mode.kind) {
    case "idle":
      return "◇ scripted";
    case "working":
    case "hung":
      return state.turn === 0 ? undefined : "◆ scripted";
    case "dialog":
      return "? scripted";
    case "starting":
    case "over":
      return undefined;
    default:
      return assertNever(state.mode);
  }
}

function composerFrame(state: State, above: readonly string[], size: Size): Frame {
  const box = composerLines(state, size);
  const rule = "─".repeat(size.columns);
  const queued = state.queue.map((text) => clip(`  queued: ${plain(text)}`, size.columns));
  const footer = state.isExitArmed ? "press ctrl-c again to exit" : "? for help";
  const head = [...above, ...queued.slice(0, 3), rule];
  const last = box.at(-1) ?? "";
  const column = state.draft.length === 0 ? 2 : widthOf(last);
  return {
    lines: [...head, ...box, rule, clip(footer, size.columns)],
    cursor: { row: head.length + box.length - 1, column: Math.min(column, size.columns - 1) },
  };
}

/** A draft taller than the screen shows its end: the cursor stands there. */
function composerLines(state: State, size: Size): string[] {
  if (state.draft.length === 0) return [`> ${PLACEHOLDER}`];
  const width = Math.max(1, size.columns - 2);
  const rows = draftLines(state.draft).flatMap((line) => wrap(line, width));
  return rows
    .slice(-Math.max(1, size.rows - 8))
    .map((row, index) => `${index === 0 ? "> " : "  "}${row}`);
}

function dialogFrame(mode: DialogMode, size: Size): Frame {
  const { columns } = size;
  const options = optionsOf(mode).map(
    (option, index) => `${index === mode.selected ? "❯" : " "} ${index + 1}. ${plain(option)}`,
  );
  const [question, footer] = dialogWords(mode.dialog, columns);
  const lines = ["─".repeat(columns), ...question, ...options, footer];
  return {
    lines: lines.map((line) => clip(line, columns)),
    cursor: { row: 1 + question.length + mode.selected, column: 0 },
  };
}

/** A command is shown whole, however long: what one approves must be what one sees. */
function dialogWords(dialog: Dialog, columns: number): [string[], string] {
  switch (dialog.kind) {
    case "permission":
      return [
        ["Allow this command?", ...indented("  $ ", dialog.command, columns)],
        "enter confirm · esc deny",
      ];
    case "question":
      return [indented("? ", dialog.question, columns), "enter choose · esc cancel"];
    case "trust":
      return [indented("", dialog.question, columns), "enter confirm · esc exit"];
    default:
      return assertNever(dialog);
  }
}

function indented(lead: string, text: string, columns: number): string[] {
  const rows = wrap(plain(text), Math.max(1, columns - lead.length));
  return rows.map((row, index) => (index === 0 ? lead : " ".repeat(lead.length)) + row);
}
