import { assertNever } from "../../base/errors.ts";
import type { Size } from "./cells.ts";
import { heldOf, type State } from "./state.ts";

export const LEAST: Size = { columns: 30, rows: 8 };
/** From here up the question stands beside the queue. */
const TWO_COLUMNS = 60;
/** From this height up one column has room for the question below the team. */
const TALL = 12;

export interface Box {
  readonly row: number;
  readonly column: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything stands; row 0 is the header and the last row the footer. */
export type Layout =
  | { readonly name: "small" }
  | { readonly name: "help"; readonly help: Box }
  | { readonly name: "question"; readonly question: Box; readonly field: Box | undefined }
  | {
      readonly name: "list";
      readonly queue: Box;
      readonly team: Box;
      readonly question: Box | undefined;
    };

export function layoutOf(state: State, size: Size = state.size): Layout {
  if (size.columns < LEAST.columns || size.rows < LEAST.rows) return { name: "small" };
  const body: Box = { row: 1, column: 0, width: size.columns, height: size.rows - 2 };
  switch (state.mode.name) {
    case "help":
      return { name: "help", help: body };
    case "detail":
    case "always":
      return { name: "question", question: body, field: undefined };
    case "deny": {
      const question = { ...body, height: body.height - 1 };
      const field = { ...body, row: body.row + body.height - 1, height: 1 };
      return { name: "question", question, field };
    }
    case "list":
      return listLayout(state, body);
    default:
      return assertNever(state.mode);
  }
}

function listLayout(state: State, body: Box): Layout {
  if (state.queue.length === 0) {
    return { name: "list", queue: { ...body, height: 0 }, team: body, question: undefined };
  }
  if (body.width >= TWO_COLUMNS) {
    const width = Math.max(28, Math.min(56, Math.floor(body.width * 0.45)));
    const question = { ...body, column: width + 2, width: body.width - width - 2 };
    return { name: "list", ...stacked(state, { ...body, width }), question };
  }
  if (body.height < TALL) return { name: "list", ...stacked(state, body), question: undefined };
  const wanted = state.queue.length + Math.max(1, state.terminals.length) + 1;
  const height = Math.min(wanted, Math.floor(body.height / 2));
  // The row between them is for a rule.
  const question = { ...body, row: body.row + height + 1, height: body.height - height - 1 };
  return { name: "list", ...stacked(state, { ...body, height }), question };
}

/** The queue, and below it the team, which keeps up to half of the height with its title. */
function stacked(state: State, box: Box): { queue: Box; team: Box } {
  const team = Math.max(2, Math.min(state.terminals.length + 1, Math.floor(box.height / 2)));
  const height = Math.min(state.queue.length, box.height - team);
  return {
    queue: { ...box, height },
    team: { ...box, row: box.row + height, height: box.height - height },
  };
}

/** First row of a window of `height` rows that shows `index`, moved as little as needed. */
export function windowTop(index: number, count: number, height: number): number {
  return Math.max(0, Math.min(count - height, index - Math.floor(height / 2)));
}

/** The box a question stands in, if one stands on the screen. */
export function questionBox(state: State): Box | undefined {
  const layout = layoutOf(state);
  if (heldOf(state) === undefined) return undefined;
  return layout.name === "question" || layout.name === "list" ? layout.question : undefined;
}
