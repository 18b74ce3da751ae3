/** What agents read about handoffs. Pure. */
import type { HandoffView } from "../../contract/handoffs.ts";

/** As much of a text as tells which work it was. */
const SHOWN = 80;

/** The outcome as its sender's inbox gets it. */
export function outcomeText(handoff: HandoffView): string {
  const who = handoff.terminalName ?? handoff.profile ?? "the worker";
  const head = `[${handoff.kind} ${handoff.id}: ${who} ${wordOf(handoff)}]`;
  const about = `It was asked: "${startOf(handoff.message)}"`;
  return `${head}\n${about}\n\n${bodyOf(handoff)}`;
}

/** Tells a sender that is not waiting that its worker cannot go on alone. */
export function questionText(handoff: HandoffView, question: string): string {
  const who = handoff.terminalName ?? "the worker";
  const head = `[${handoff.kind} ${handoff.id}: ${who} waits for an answer]`;
  const next =
    "A human answers it in its pane or with `conductor approvals`. You need to do nothing: the result will come.";
  return `${head}\n${next}\n\n${question}`;
}

function wordOf({ state }: HandoffView): string {
  if (state === "done") return "is done";
  if (state === "timed-out") return "was not done in time";
  return state === "cancelled" ? "was stopped" : "failed";
}

function bodyOf({ result, error }: HandoffView): string {
  if (result !== null)
    return result.text === "" ? "(It ended without an answer that could be read.)" : result.text;
  const screen = error?.screen == null ? "" : `\n\nIts screen showed last:\n${error.screen}`;
  return `${error?.message ?? "It was cancelled."}${screen}`;
}

function startOf(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN).toWellFormed()} …` : line;
}
