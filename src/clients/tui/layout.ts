import { assertNever } from "../../base/errors.ts";
import type { Size } from "./cells.ts";
import { heldOf, type State } from "./state.ts";

export const LEAST: Size = { columns: 30, rows: 8 };
/** From here up the question stands beside the queue. */
const TWO_COLUMNS = 60;

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
  const isWide = body.width >= TWO_COLUMNS;
  const width = isWide ? Math.max(28, Math.min(56, Math.floor(body.width * 0.45))) : body.width;
  // The team keeps up to half of the height, its title included.
  const team = Math.min(state.terminals.length + 1, Math.floor(body.height / 2));
  const queue = Math.min(Math.max(1, state.queue.length), body.height - Math.max(2, team));
  const question = { ...body, column: width + 1, width: body.width - width - 1 };
  return {
    name: "list",
    queue: { ...body, width, height: queue },
    team: { ...body, row: body.row + queue, width, height: body.height - queue },
    question: isWide ? question : undefined,
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
