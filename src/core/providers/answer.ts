/** The last answer on the screen, with the CLI's own wrapping undone as far as the screen allows. */
import type { ProviderDefinition } from "./definition.ts";
import { linesOfTurn, type View } from "./view.ts";

interface Block {
  readonly head: string;
  readonly lines: string[];
  isTool?: boolean;
}

/** Undefined when no answer since the last prompt is visible. */
export function lastAnswer(view: View, definition: ProviderDefinition): string | undefined {
  const shape = definition.answer;
  if (shape === undefined) return undefined;
  const blocks: Block[] = [];
  const turn = linesOfTurn(view, definition);
  let open = partial(turn, view, shape);
  if (open !== undefined) blocks.push(open);
  for (const line of turn) {
    const ends = shape.end?.test(line) === true;
    const next = open === undefined || ends ? null : shape.continuation.exec(line);
    if (open !== undefined && !ends && (line.trim() === "" || next !== null)) {
      open.lines.push(next === null ? "" : line.slice(next[0].length));
      continue;
    }
    if (open?.lines.at(-1) !== "" && open !== undefined && shape.tool?.test(line) === true)
      open.isTool = true;
    open = undefined;
    const start = shape.start.exec(line);
    if (start === null) continue;
    open = { head: line, lines: [start.groups?.["text"] ?? line] };
    blocks.push(open);
  }
  const best = blocks.findLast(
    (block) => block.isTool !== true && shape.skip?.test(block.head) !== true,
  );
  const width = Math.max(...view.above.map((line) => line.length), 0);
  const text = best === undefined ? "" : unwrap(best.lines, width);
  return text === "" ? undefined : text;
}

/** A long answer has pushed its own first line off the screen: then what is left of it counts. */
function partial(
  turn: readonly string[],
  view: View,
  shape: NonNullable<ProviderDefinition["answer"]>,
): Block | undefined {
  const isWhole = turn.length === view.above.length;
  if (!isWhole || view.input.dispatched === false) return undefined;
  const first = turn.slice(0, 2).find((line) => line !== "") ?? "";
  const isInside = shape.continuation.test(first) && shape.end?.test(first) !== true;
  return isInside && !shape.start.test(first) ? { head: "", lines: [] } : undefined;
}

const LIST_OR_CODE = /^(?: ?(?:[-*•+] |\d+[.)] |[│┌└├╭╰]|#{1,6} )|\s{2})/u;
/** Columns that a CLI may leave free at the right. */
const MARGIN = 8;

/** A line that had no room for the next line's first word was wrapped there by the CLI. */
function unwrap(lines: readonly string[], screenWidth: number): string {
  const out: string[] = [];
  let previous = "";
  for (const line of lines) {
    const text = line.trimEnd();
    const word = /^ ?\S+/.exec(text)?.[0].trimStart() ?? "";
    const isFull = previous.length + 1 + word.length > screenWidth - MARGIN;
    if (previous !== "" && text !== "" && isFull && !LIST_OR_CODE.test(text)) {
      out.push(`${out.pop() ?? ""} ${text.trimStart()}`);
    } else out.push(text);
    previous = text;
  }
  return out
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
