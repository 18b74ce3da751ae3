/** A captured terminal screen as an SVG: the cells are those of the capture, nothing is drawn by hand. */
import xterm, { type IBufferCell } from "@xterm/headless";

const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;
const COLOURS = { foreground: "#d7dce2", background: "#14171c" };
const PALETTE =
  "#2b3038 #e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #c8ccd4 #7f8794 #ef7d87 #a9d48a #f0cd8b #72bcf7 #d48aea #66c7d3 #ffffff".split(
    " ",
  );

export interface Picture {
  readonly columns: number;
  readonly rows: number;
  /** Read out to those who do not see it. */
  readonly title: string;
}

/** @param screen  what `tmux capture-pane -e` printed */
export async function drawScreen(screen: string, picture: Picture): Promise<string> {
  const { columns: cols, rows } = picture;
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const text = screen.replace(/\n$/, "").replaceAll("\n", "\r\n");
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const runs = Array.from({ length: rows }, (_, row) => runsOf(terminal, row)).flat();
  terminal.dispose();
  const width = Math.ceil(cols * CELL.width + 2 * MARGIN);
  const height = rows * CELL.height + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(picture.title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${COLOURS.background}"/>`,
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" xml:space="preserve">`,
    ...runs.map(drawRun),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

interface Style {
  readonly fill: string;
  readonly behind: string;
  readonly bold: boolean;
  readonly dim: boolean;
}

interface Run extends Style {
  readonly row: number;
  readonly column: number;
  readonly cells: number;
  readonly text: string;
}

function runsOf(terminal: InstanceType<typeof xterm.Terminal>, row: number): Run[] {
  const line = terminal.buffer.active.getLine(row);
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const style = styleOf(cell);
    const text = cell.getChars() === "" ? " " : cell.getChars();
    const last = runs.at(-1);
    const next = { ...style, row, column, cells: cell.getWidth(), text };
    if (last === undefined || !isSame(last, style)) runs.push(next);
    else
      runs[runs.length - 1] = { ...last, cells: last.cells + next.cells, text: last.text + text };
  }
  return runs.filter((run) => run.text.trim() !== "" || run.behind !== COLOURS.background);
}

function styleOf(cell: IBufferCell): Style {
  const front = colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor(), COLOURS.foreground);
  const back = colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor(), COLOURS.background);
  const [fill, behind] = cell.isInverse() === 0 ? [front, back] : [back, front];
  return { fill, behind, bold: cell.isBold() !== 0, dim: cell.isDim() !== 0 };
}

function colour(isDefault: boolean, isRgb: boolean, value: number, preset: string): string {
  if (isDefault) return preset;
  if (isRgb) return `#${value.toString(16).padStart(6, "0")}`;
  const [plain] = PALETTE.slice(value, value + 1);
  return plain ?? cube(value);
}

/** The 256-colour palette above the first 16: a cube of six steps, then greys. */
function cube(value: number): string {
  if (value >= 232) return rgb(...grey(8 + (value - 232) * 10));
  const steps = [0, 95, 135, 175, 215, 255];
  const at = value - 16;
  const step = (index: number): number => steps[index] ?? 0;
  return rgb(step(Math.floor(at / 36)), step(Math.floor(at / 6) % 6), step(at % 6));
}

function grey(level: number): [number, number, number] {
  return [level, level, level];
}

function rgb(...channels: [number, number, number]): string {
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function isSame(left: Style, right: Style): boolean {
  return (
    left.fill === right.fill &&
    left.behind === right.behind &&
    left.bold === right.bold &&
    left.dim === right.dim
  );
}

function drawRun(run: Run): string {
  const x = (MARGIN + run.column * CELL.width).toFixed(1);
  const y = MARGIN + run.row * CELL.height;
  const width = (run.cells * CELL.width).toFixed(1);
  const behind =
    run.behind === COLOURS.background
      ? ""
      : `<rect x="${x}" y="${y}" width="${width}" height="${CELL.height}" fill="${run.behind}"/>`;
  const weight = run.bold ? ' font-weight="bold"' : "";
  const opacity = run.dim ? ' opacity="0.6"' : "";
  const place = `x="${x}" y="${y + 13}" textLength="${width}" lengthAdjust="spacingAndGlyphs"`;
  const text = `<text ${place} fill="${run.fill}"${weight}${opacity}>${escaped(run.text)}</text>`;
  return behind + text;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
