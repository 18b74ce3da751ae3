/** What a person reads of an event: what agents wrote of it is hostile, and comes as one short line. */
import { printableLine } from "../../base/printable.ts";
import type { JournalEvent } from "../../contract/events.ts";

const TITLE_CHARACTERS = 80;
const BODY_CHARACTERS = 300;

/** Fields that say what it is about, the best first. */
const SUBJECTS = ["title", "name", "command"] as const;
/** Fields that say what became of it. */
const OUTCOMES = ["reason", "message", "state", "status"] as const;

/** @param subject  a name for what it is about, where somebody knows one */
export function textOf(
  { type, subject: id, data }: Pick<JournalEvent, "type" | "subject" | "data">,
  subject?: string,
): { readonly title: string; readonly body: string } {
  const what = subject ?? firstOf(data, SUBJECTS) ?? id;
  const outcome = firstOf(data, OUTCOMES);
  return {
    title: short(type.replaceAll(/[._-]/g, " "), TITLE_CHARACTERS),
    body: short(outcome === undefined ? what : `${what}: ${outcome}`, BODY_CHARACTERS),
  };
}

function firstOf(data: JournalEvent["data"], names: readonly string[]): string | undefined {
  const texts = names.map((name) => data[name]).filter((each) => typeof each === "string");
  return texts.find((each) => each !== "");
}

function short(text: string, characters: number): string {
  const line = printableLine(text.slice(0, 4 * characters)).trim();
  const points = Array.from(line);
  return points.length <= characters ? line : `${points.slice(0, characters - 1).join("")}…`;
}
