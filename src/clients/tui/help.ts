import { type Cell, fit, line, unitCells } from "./cells.ts";
import { helpLines } from "./keymap.ts";
import type { Box } from "./layout.ts";
import type { State } from "./state.ts";
import { widthOf, wrapWords } from "./text.ts";
import { legend } from "./words.ts";

/** Made from the keymap, so that it cannot promise what no key does. */
export function helpRows(state: State, box: Box): Cell[][] {
  const rows = allRows(box.width);
  const top = state.mode.name === "help" ? state.mode.top : 0;
  return rows.slice(Math.min(top, lowestTop(rows.length, box)));
}

/** How far help can scroll in that box. */
export function helpLowest(box: Box): number {
  return lowestTop(allRows(box.width).length, box);
}

function lowestTop(count: number, box: Box): number {
  return Math.max(0, count - box.height);
}

function allRows(width: number): Cell[][] {
  const lines = helpLines();
  const keys = Math.max(...lines.map((each) => widthOf(each.keys))) + 1;
  const rows = lines.flatMap((each) =>
    prose(each.says, width - keys).map((cells, index) => [
      ...line([{ text: index === 0 ? each.keys : "", style: { bold: true } }], keys),
      ...cells,
    ]),
  );
  const signs = prose("u2 p1: 2 unread messages, 1 pending approval", width);
  return [...rows, ...signs, ...prose(legend(), width)];
}

function prose(text: string, width: number): Cell[][] {
  return wrapWords(text, width).map((units) =>
    fit(
      units.flatMap((unit) => unitCells(unit, {})),
      width,
    ),
  );
}
