/**
 * What of a text makes its verdict: the words without which a rule that decided would have less to decide on.
 * Found by leaving each out and judging the rest, from whole commands down to words, so that it holds for
 * whatever the guard can see, through wrappers, pipes and nested shells.
 */
import type { Span } from "../../contract/approvals.ts";
import { type Analysis, type Piece, piecesOf } from "../guard/index.ts";
import { defaultOf, type Layer, type Verdict } from "./decide.ts";

/** Units of text judged for one question. What lies beyond is marked by its whole command, or not at all. */
const MAX_JUDGED = 40_000;

export interface Judged {
  readonly analysis: Analysis;
  readonly verdict: Verdict;
}

/** In order, apart from each other, never empty. */
export function marksOf(
  text: string,
  layers: readonly Layer[],
  judge: (text: string) => Judged,
): Span[] {
  const whole = judge(text);
  if (whole.verdict.effect === "allow") return [];
  const count = (judged: Judged) => causes(judged, whole.verdict.effect, layers);
  const before = count(whole);
  let left = MAX_JUDGED;
  const matters = (piece: Piece): boolean => {
    left -= text.length;
    if (left < 0) return false;
    const rest = `${text.slice(0, piece.start)}${piece.stand}${text.slice(piece.end)}`;
    const after = count(judge(rest));
    return [...before].some(([cause, times]) => (after.get(cause) ?? 0) < times);
  };
  return tidied(
    piecesOf(text).flatMap((piece) => blame(piece, matters)),
    text,
  );
}

/** The smallest stretches that matter; the whole where none of its parts does, or only a command's name. */
function blame(piece: Piece, matters: (piece: Piece) => boolean): Span[] {
  if (piece.start === piece.end || !matters(piece)) return [];
  const { start, end } = piece;
  const parts = piece.inner();
  const inner = parts.flatMap((part) => blame(part, matters));
  const [only, more] = inner;
  const isName = piece.stand !== "" && more === undefined && only?.start === start;
  return only === undefined || isName ? [{ start, end }] : inner;
}

/** How often each rule that decided had a reason to. */
function causes(
  { analysis, verdict }: Judged,
  effect: Verdict["effect"],
  layers: readonly Layer[],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const add = (cause: string) => void found.set(cause, (found.get(cause) ?? 0) + 1);
  for (const { layer, id, effect: says, overridden, action } of verdict.matched) {
    if (says !== effect || overridden) continue;
    const rule = layers.find(({ name }) => name === layer)?.rules.find((one) => one.id === id);
    const deeds = rule?.match.does;
    const facts = analysis.actions[action]?.facts ?? [];
    const seen = facts.filter(({ deed }) => deeds?.includes(deed) === true);
    if (deeds === undefined) add(`${layer}/${id}`);
    for (const { deed } of seen) add(`${layer}/${id} ${deed}`);
  }
  if (defaultOf(layers) !== effect) return found;
  const known = new Set(verdict.matched.map(({ action }) => action));
  analysis.actions.forEach((_, at) => void (known.has(at) || add("default")));
  return found;
}

/** In order, joined where only blanks or a command's own options stand between. */
function tidied(spans: readonly Span[], text: string): Span[] {
  const done: Span[] = [];
  for (const span of spans.toSorted((one, other) => one.start - other.start)) {
    const last = done.at(-1);
    const between = last === undefined ? undefined : text.slice(last.end, span.start);
    if (last !== undefined && between !== undefined && BETWEEN.test(between))
      done[done.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else done.push(span);
  }
  return done;
}

const BETWEEN = /^([ \t]+|([ \t]+-[\w-]+)+[ \t]+)?$/;
