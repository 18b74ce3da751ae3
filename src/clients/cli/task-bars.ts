/** How far a number of tasks is, as a bar. Pure. */
import type { TaskState } from "../../contract/tasks.ts";

export type States = Readonly<Partial<Record<TaskState, number>>>;

/** Told apart without colour, too. */
const PARTS: readonly { readonly states: readonly TaskState[]; glyph: string; sgr: string }[] = [
  { states: ["done"], glyph: "█", sgr: "32" },
  { states: ["failed", "dead"], glyph: "x", sgr: "31" },
  { states: ["cancelled"], glyph: "-", sgr: "2" },
  { states: ["claimed", "running"], glyph: "▒", sgr: "36" },
  { states: ["waiting"], glyph: "?", sgr: "33" },
  { states: ["queued", "blocked"], glyph: "·", sgr: "2" },
];

export function bar(
  states: States,
  { width, color }: { readonly width: number; readonly color: boolean },
): string {
  const counts = PARTS.map((part) => sum(states, part.states));
  const cells = shares(counts, width);
  const drawn = PARTS.map(({ glyph, sgr }, at) =>
    painted(glyph.repeat(cells[at] ?? 0), sgr, color),
  );
  return `[${drawn.join("") || " ".repeat(width)}]`;
}

/** Of one task, from 0 to 1. */
export function shareBar(share: number, { width }: { readonly width: number }): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${"█".repeat(full)}${"·".repeat(width - full)}]`;
}

export function totalOf(states: States): number {
  return Object.values(states).reduce((total, count) => total + count, 0);
}

export function overIn(states: States): number {
  return sum(states, ["done", "failed", "dead", "cancelled"]);
}

function sum(states: States, of: readonly TaskState[]): number {
  return of.reduce((total, state) => total + (states[state] ?? 0), 0);
}

/** Cells for each count: none that is there vanishes, and together they fill the width. */
export function shares(counts: readonly number[], width: number): number[] {
  const total = counts.reduce((all, count) => all + count, 0);
  if (total === 0) return counts.map(() => 0);
  const cells = counts.map((count) =>
    count === 0 ? 0 : Math.max(1, Math.floor((count * width) / total)),
  );
  for (;;) {
    const used = cells.reduce((all, count) => all + count, 0);
    if (used === width) return cells;
    const step = used < width ? 1 : -1;
    const lacks = cells.map((cell, at) => ((counts[at] ?? 0) * width) / total - cell);
    const wanted = lacks.map((lack, at) => ((cells[at] ?? 0) + step < 1 ? -Infinity : lack * step));
    const most = Math.max(...wanted);
    // More kinds than cells.
    if (most === -Infinity) return cells;
    const at = wanted.indexOf(most);
    cells[at] = (cells[at] ?? 0) + step;
  }
}

function painted(text: string, sgr: string, color: boolean): string {
  return color && text !== "" ? `\x1b[${sgr}m${text}\x1b[0m` : text;
}
