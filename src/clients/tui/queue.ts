import type { ApprovalView } from "../../contract/approvals.ts";
import { type Cell, line, type Style } from "./cells.ts";
import { type Box, windowTop } from "./layout.ts";
import { isQuiet, type State } from "./state.ts";
import { longestStart, widthOf } from "./text.ts";
import { shortAge } from "./words.ts";

export interface QueueColumns {
  readonly number: number;
  readonly age: number;
  readonly name: number;
}

const LONGEST_NAME = 10;

export function queueColumns(state: State): QueueColumns {
  const longest = (texts: readonly string[]) => Math.max(1, ...texts.map(widthOf));
  return {
    number: longest(state.queue.map((each) => `${each.number}`)),
    age: longest(state.queue.map((each) => shortAge(state.now - each.createdAt))),
    name: Math.min(LONGEST_NAME, longest(state.queue.map(asker))),
  };
}

/** What is left of a row for the command. */
export function rowsTextWidth(columns: QueueColumns, width: number): number {
  return width - (columns.number + columns.age + columns.name + 4);
}

function asker(approval: ApprovalView): string {
  return approval.terminalName ?? approval.origin;
}

export function queueRows(state: State, box: Box): Cell[][] {
  if (state.queue.length === 0) return [];
  const index = state.queue.findIndex((each) => each.id === state.selectedId);
  const top = windowTop(index, state.queue.length, box.height);
  const columns = queueColumns(state);
  return state.queue
    .slice(top, top + box.height)
    .map((each) => queueRow(state, each, { columns, width: box.width }));
}

function queueRow(
  state: State,
  approval: ApprovalView,
  { columns, width }: { columns: QueueColumns; width: number },
): Cell[] {
  const isSelected = approval.id === state.selectedId;
  const isPaused = isSelected && isQuiet(state);
  const style: Style = isSelected && !isPaused ? { reverse: true } : {};
  const number = `${approval.number}`.padStart(columns.number);
  const age = shortAge(state.now - approval.createdAt).padStart(columns.age);
  const name = line([{ text: asker(approval) }], columns.name, style);
  const marker = isPaused ? "‖" : isSelected ? "▸" : " ";
  const isSent = state.deciding.has(approval.id);
  const before = line([{ text: `${marker}${number} ${age} ` }], columns.number + columns.age + 3, {
    ...style,
    ...(isSent ? { dim: true } : { colour: "yellow" }),
  });
  const room = rowsTextWidth(columns, width);
  const start = approval.action.text.slice(0, longestStart(room));
  const rest = line([{ text: ` ${start}` }], room + 1, {
    ...style,
    ...(isSent && { dim: true }),
  });
  return [...before, ...name, ...rest];
}
