/** Assignments of a shell: the values of their words, and what the scope holds after them. */
import { expandValue, expandWord, expandWords } from "./expand.ts";
import type { Expander } from "./expander.ts";
import { type Field, join } from "./field.ts";
import type { Scope } from "./scope.ts";
import { type Assignment, parseShell, type Word } from "./shell-ast.ts";

export function valuesOf(one: Assignment, by: Expander): Field[] {
  if (one.index !== undefined) runIndex(one.index, by);
  return one.value.type === "Word"
    ? [expandValue(one.value, by)]
    : expandWords(one.value.elements, by);
}

function runIndex(index: Word, by: Expander): void {
  expandWord(index, by);
  for (const text of index.value.match(/\$\([^(].*\)|`[^`]*`/g) ?? [])
    by.substitute(parseShell(`: ${text}`).script);
}

export function store(scope: Scope, one: Assignment, values: readonly Field[]): void {
  scope.variables.set(one.name, one.index === undefined ? whole(scope, one, values) : undefined);
}

/** `x+=y` makes the first word longer, `x+=(y)` the list. */
function whole(
  scope: Scope,
  one: Assignment,
  values: readonly Field[],
): readonly Field[] | undefined {
  const held = scope.variables.get(one.name);
  if (one.append !== true || held === undefined) return one.append === true ? undefined : values;
  if (one.value.type !== "Word") return [...held, ...values];
  return [join([...held.slice(0, 1), ...values], ""), ...held.slice(1)];
}
