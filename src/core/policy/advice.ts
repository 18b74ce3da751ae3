/** A safer way to get what a held command is for: told to the human and to the agent, and deciding nothing. */
import { matches, type Question } from "./match.ts";
import type { Advice, Rule } from "./schema.ts";

/** One command of the text, and the rules that hold it. */
export interface Held {
  readonly question: Question;
  readonly rules: readonly Rule[];
}

/**
 * What is written for the very command goes before what its rule says of all it holds.
 * @param advice  of the innermost layer first
 */
export function adviceOn(held: readonly Held[], advice: readonly Advice[]): string | undefined {
  const found = held.flatMap(({ question, rules }) => {
    const own = advice.find(({ match }) => matches(match, question, false));
    return own?.instead ?? rules.find(({ instead }) => instead !== undefined)?.instead ?? [];
  });
  return found.length === 0 ? undefined : [...new Set(found)].join("; ");
}
