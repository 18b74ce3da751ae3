import { plain, splitLines } from "./text.ts";

/** What stands in the composer: typed text and pastes, in order; the cursor is always at the end. */
export type Draft = readonly Segment[];

interface Segment {
  readonly kind: "typed" | "pasted";
  readonly text: string;
}

const SHOWN_LINES = 3;
const SHOWN_CHARS = 1000;

export const emptyDraft: Draft = [];

export function typeText(draft: Draft, text: string): Draft {
  const last = draft.at(-1);
  if (last?.kind !== "typed") return [...draft, { kind: "typed", text }];
  return [...draft.slice(0, -1), { kind: "typed", text: last.text + text }];
}

export function pasteText(draft: Draft, text: string): Draft {
  if (text === "") return draft;
  return isFolded(text) ? [...draft, { kind: "pasted", text }] : typeText(draft, text);
}

/** Takes away the last character, or a folded paste as a whole. */
export function eraseLast(draft: Draft): Draft {
  const last = draft.at(-1);
  if (last === undefined || last.kind === "pasted") return draft.slice(0, -1);
  const text = Array.from(last.text).slice(0, -1).join("");
  return text === "" ? draft.slice(0, -1) : [...draft.slice(0, -1), { kind: "typed", text }];
}

/** The exact text that Enter submits. */
export function draftText(draft: Draft): string {
  return draft.map((segment) => segment.text).join("");
}

/** The draft as the composer shows it: plain lines, long pastes folded. */
export function draftLines(draft: Draft): string[] {
  return splitLines(draft.map(shown).join("")).map(plain);
}

function shown(segment: Segment): string {
  if (segment.kind === "typed") return segment.text;
  return `[Pasted text +${splitLines(segment.text).length} lines]`;
}

function isFolded(text: string): boolean {
  return text.length > SHOWN_CHARS || splitLines(text).length > SHOWN_LINES;
}
