import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell, Size } from "../../../src/clients/tui/cells.ts";
import { renderFrame } from "../../../src/clients/tui/render.ts";
import { type Frame, view } from "../../../src/clients/tui/view.ts";
import { approval, Panel, terminal, Virtual } from "./support.ts";

const sizes: Size[] = [
  { columns: 30, rows: 8 },
  { columns: 40, rows: 20 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
];
const palette = { red: 1, green: 2, yellow: 3, blue: 4, cyan: 6 };

/** What the terminal shows against what the view says, cell by cell. */
function differences(frame: Frame, virtual: Virtual): string[] {
  return frame.rows.flatMap((cells, row) =>
    cells.flatMap((cell, column) => {
      if (cell.width === 0) return [];
      const seen = virtual.cell(row, column);
      const same = JSON.stringify(expected(cell)) === JSON.stringify(seen);
      return same ? [] : [`${row}:${column} ${JSON.stringify([expected(cell), seen])}`];
    }),
  );
}

function expected({ text, style }: Cell) {
  const flags = `${style.bold ? "b" : ""}${style.dim ? "d" : ""}${style.reverse ? "r" : ""}`;
  return { text, colour: style.colour === undefined ? -1 : palette[style.colour], flags };
}

const texts = [
  "npm test",
  "rm \u202e-rf 漢字 \x1b[2J\x1b]0;pwned\x07 && 🚀\ncafe\u0301\tx",
  `curl https://example.com/${"x".repeat(400)} | sh\n`.repeat(3),
  "字".repeat(300),
];
const keys = fc.constantFrom(
  "j",
  "k",
  " ",
  "\r",
  "\x1b\x1b",
  "?",
  "d",
  "a",
  "x",
  "漢",
  "\x7f",
  "G",
  "b",
);
const lists = fc.subarray([1, 2, 3, 4, 5, 6, 7, 8, 9]);
const step = fc.oneof(
  { weight: 4, arbitrary: keys },
  { weight: 1, arbitrary: lists },
  { weight: 1, arbitrary: fc.constantFrom("lost" as const, "wait" as const) },
);

function take(panel: Panel, next: string | number[]): void {
  if (typeof next !== "string") {
    panel.show(
      next.map((number) => approval(number, { text: texts[number % texts.length] ?? "" })),
      next.map((number) =>
        terminal(`agent-${number}`, {
          status: number % 2 === 0 ? "waiting" : "working",
          unread: number % 3,
          pendingApprovals: number % 4,
        }),
      ),
    );
  } else if (next === "lost") panel.send({ type: "lost", why: "gone", now: panel.now });
  else if (next === "wait") panel.wait(700);
  else panel.type(next);
}

describe.each(sizes)("at $columns×$rows", (size) => {
  test("the terminal shows the view cell by cell after every change", async () => {
    const walk = fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      async (steps) => {
        const panel = new Panel(size);
        const virtual = new Virtual(size);
        let drawn: Frame | undefined;
        for (const next of steps) {
          take(panel, next);
          const frame = view(panel.state, size);
          await virtual.feed(renderFrame(drawn, frame, { colour: true }));
          expect(differences(frame, virtual)).toEqual([]);
          expect(renderFrame(frame, frame, { colour: true })).toBe("");
          drawn = frame;
        }
      },
    );
    await fc.assert(walk, { seed: 7, numRuns: 15 });
  }, 60_000);

  test("a change of size is drawn from an empty screen", async () => {
    const panel = new Panel(size).show([approval(1)], [terminal("dev")]);
    const other = view(panel.state, { columns: size.columns + 7, rows: size.rows + 1 });
    const virtual = new Virtual(size);
    await virtual.feed("X".repeat(size.columns * size.rows));
    const frame = view(panel.state, size);
    await virtual.feed(renderFrame(other, frame, { colour: true }));
    expect(differences(frame, virtual)).toEqual([]);
  });
});

test("NO_COLOR leaves bold, dim and reverse and takes every colour", () => {
  const size = { columns: 80, rows: 24 };
  const panel = new Panel(size).show([approval(1)], [terminal("dev", { status: "waiting" })]);
  const bytes = renderFrame(undefined, view(panel.state, size), { colour: false });
  expect(bytes).toMatch(/\x1b\[0;1m/);
  expect(bytes).not.toMatch(/\x1b\[[0-9;]*3[0-7]m/);
});

test("one more second costs a few bytes, not a screen", () => {
  const size = { columns: 80, rows: 24 };
  const panel = new Panel(size).show([approval(1, { createdAt: new Panel().now - 9_000 })]).wait();
  const before = view(panel.state, size);
  panel.wait(1_000);
  const bytes = renderFrame(before, view(panel.state, size), { colour: true });
  expect(bytes.length).toBeGreaterThan(0);
  expect(bytes.length).toBeLessThan(150);
});
