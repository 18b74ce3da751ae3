import { ConductorError } from "../../base/errors.ts";
import type { Client } from "../link/client.ts";
import { persistently } from "../link/follow.ts";
import type { Context, TextSink } from "./context.ts";
import { present } from "./report.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
/** Ages grow without any event. */
const REDRAW_MS = 1_000;

interface Watched {
  readonly client: Client;
  readonly json: boolean | undefined;
  draw(): Promise<{ data: unknown; text: string }>;
}

/** Draws now and after every event until Ctrl-C; in place on a terminal, one after the other elsewhere. */
export async function watch(context: Context, watched: Watched): Promise<void> {
  const inPlace = context.stdout.isTTY === true && watched.json !== true;
  if (inPlace) context.stdout.write(ENTER);
  try {
    await redrawUntilStopped(context, watched, inPlace);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    if (inPlace) context.stdout.write(LEAVE);
  }
}

async function redrawUntilStopped(
  context: Context,
  watched: Watched,
  inPlace: boolean,
): Promise<void> {
  let before = "";
  let last = "";
  const show = async (): Promise<void> => {
    const drawn = await drawOrWait(watched);
    last = drawn?.text ?? last;
    const { data, text } = drawn ?? { data: null, text: `${last}\n${AWAY}` };
    if (inPlace) context.stdout.write(frame(text, context.stdout));
    else if (before !== text) present(context, watched.json, data, () => text);
    before = text;
  };
  await show();
  await eachChange(context, watched.client, { everyMs: inPlace ? REDRAW_MS : undefined, show });
}

const AWAY = "the daemon is away; conductor daemon start\n";

/** While the daemon is away the last picture stands; it says so and goes on when the daemon is back. */
async function drawOrWait(watched: Watched): Promise<{ data: unknown; text: string } | undefined> {
  try {
    return await watched.draw();
  } catch (error) {
    if (!(error instanceof ConductorError) || error.code !== "daemon.unreachable") throw error;
    return undefined;
  }
}

/** Shows once per burst of events, and per `everyMs` where nothing happens, until Ctrl-C. */
async function eachChange(
  context: Context,
  client: Client,
  { everyMs, show }: { everyMs: number | undefined; show: () => Promise<void> },
): Promise<void> {
  let wake: () => void = () => undefined;
  let isDirty = false;
  let failure: Error | undefined;
  const mark = (): void => {
    isDirty = true;
    wake();
  };
  const timer = everyMs === undefined ? undefined : setInterval(mark, everyMs);
  context.signal.addEventListener("abort", mark, { once: true });
  void listen(context, client, mark).catch((error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
    mark();
  });
  try {
    while (!context.signal.aborted) {
      if (!isDirty) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      isDirty = false;
      if (failure !== undefined) throw failure;
      if (!context.signal.aborted) await show();
    }
  } finally {
    clearInterval(timer);
  }
}

async function listen(
  context: Context,
  client: Client,
  mark: (change: void) => void,
): Promise<void> {
  const changes = persistently(context.signal, () => client.changes(context.signal));
  for await (const change of changes) mark(change);
}

/** Home, every line cleared behind its text, the rest of the screen cleared. */
function frame(
  text: string,
  { columns = 80, rows = 24 }: Pick<TextSink, "columns" | "rows">,
): string {
  const lines = text
    .trimEnd()
    .split("\n")
    .flatMap((line) => wrapped(line, columns));
  const hidden = lines.length - rows;
  const shown = hidden <= 0 ? lines : [...lines.slice(0, rows - 1), `… ${hidden + 1} more lines`];
  return `\x1b[H${shown.join("\x1b[K\r\n")}\x1b[K\x1b[J`;
}

/** A command is shown whole; coloured lines are made to fit. Wide characters count as two. */
function wrapped(line: string, columns: number): string[] {
  if (line.length <= columns / 2 || line.includes("\x1b")) return [line];
  const parts = [""];
  let width = 0;
  for (const character of line) {
    const step = character <= "\u02ff" ? 1 : 2;
    if (width + step > columns) {
      parts.push("");
      width = 0;
    }
    parts[parts.length - 1] += character;
    width += step;
  }
  return parts;
}
