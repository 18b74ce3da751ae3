import { wrap } from "./text.ts";
import type { Frame, Size } from "./view.ts";

/** How a terminal is left, whatever ran in it: wrapping, cursor, margins, colours and paste marks as before. */
const RESTORED = "\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[0m\u001b]2;\u0007";
// A hostile program may have left any of these set.
const RECOVERED =
  "\u001b\\\u001b[?1049l\u001b[r\u001b[?7h\u001b[?25h\u001b[?6l\u001b(B\u000f\u001b[0m";
const BRACKETED_PASTE = "\u001b[?2004h";
const REMEMBERED_LINES = 100;

const empty: Frame = { lines: [], cursor: { row: 0, column: 0 } };

/** Draws the transcript, which scrolls away, and below it the frame, which is replaced in place. */
export class Screen {
  readonly #write: (data: string) => void;
  #frame: Frame = empty;
  #title: string | undefined;
  #transcript: string[] = [];
  #isOpen = false;

  constructor(write: (data: string) => void) {
    this.#write = write;
  }

  open(): void {
    this.#isOpen = true;
    this.#write(BRACKETED_PASTE);
  }

  draw(printed: readonly string[], wanted: Frame, title: string | undefined, size: Size): void {
    if (printed.length > 0) {
      this.#transcript = [...this.#transcript, ...printed].slice(-REMEMBERED_LINES);
    }
    const frame = fit(wanted, size);
    const body = printed.length === 0 ? this.#changed(frame) : undefined;
    const data =
      this.#titled(title) + (body ?? this.#erased() + printed.map(line).join("") + drawn(frame));
    this.#frame = frame;
    if (data !== "") this.#write(data);
  }

  /** Everything again, row by row: clearing the screen as a whole would push it into tmux's history. */
  repaint(wanted: Frame, title: string | undefined, size: Size): void {
    const frame = fit(wanted, size);
    const above = this.#transcript
      .flatMap((text) => wrap(text, size.columns))
      .slice(-Math.max(0, size.rows - frame.lines.length));
    if (above.length + frame.lines.length > size.rows) above.length = 0;
    const lines = [...above, ...frame.lines];
    const filled = Array.from(
      { length: size.rows },
      (_, row) => `\u001b[${row + 1};1H\u001b[2K${lines[row] ?? ""}`,
    );
    const { row, column } = frame.cursor;
    this.#title = undefined;
    const placed = `\u001b[?7h\u001b[${above.length + row + 1};${column + 1}H`;
    const paste = this.#isOpen ? BRACKETED_PASTE : "";
    this.#write(`${RECOVERED}${paste}${this.#titled(title)}\u001b[?7l${filled.join("")}${placed}`);
    this.#frame = frame;
  }

  /** What stood at the bottom has been scrolled away by others: the next frame starts at the cursor. */
  forget(): void {
    this.#frame = empty;
  }

  /** Also safe before `open` and when called twice. */
  close(): void {
    if (this.#isOpen) this.#write(this.#erased() + RESTORED);
    this.#isOpen = false;
    this.#frame = empty;
  }

  #erased(): string {
    return `\r${up(this.#frame.cursor.row)}\u001b[J`;
  }

  #titled(title: string | undefined): string {
    if (title === undefined || title === this.#title) return "";
    this.#title = title;
    return `\u001b]2;${title}\u0007`;
  }

  /** Only the rows that differ; `undefined` if the frame has another height. */
  #changed(frame: Frame): string | undefined {
    const before = this.#frame;
    if (before.lines.length !== frame.lines.length || frame.lines.length === 0) return undefined;
    let at = before.cursor.row;
    let data = "";
    for (const [row, text] of frame.lines.entries()) {
      if (text === before.lines[row]) continue;
      data += `\r${vertical(row - at)}\u001b[2K${text}`;
      at = row;
    }
    const { row, column } = frame.cursor;
    const isStill = row === before.cursor.row && column === before.cursor.column;
    if (data === "" && isStill) return "";
    return `\u001b[?7l${data}\u001b[?7h\r${vertical(row - at)}${right(column)}`;
  }
}

function drawn(frame: Frame): string {
  if (frame.lines.length === 0) return "";
  const { row, column } = frame.cursor;
  const back = up(frame.lines.length - 1 - row);
  return `\u001b[?7l${frame.lines.join("\r\n")}\u001b[?7h\r${back}${right(column)}`;
}

/** A frame taller than the screen keeps its end, or the way back to its top would be lost. */
function fit(frame: Frame, size: Size): Frame {
  const surplus = frame.lines.length - size.rows;
  if (surplus <= 0) return frame;
  const row = Math.max(0, frame.cursor.row - surplus);
  return { lines: frame.lines.slice(surplus), cursor: { row, column: frame.cursor.column } };
}

function line(text: string): string {
  return `${text}\r\n`;
}

function vertical(rows: number): string {
  return rows < 0 ? up(-rows) : rows > 0 ? `\u001b[${rows}B` : "";
}

function up(rows: number): string {
  return rows > 0 ? `\u001b[${rows}A` : "";
}

function right(columns: number): string {
  return columns > 0 ? `\u001b[${columns}C` : "";
}
