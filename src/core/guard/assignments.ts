/** Assignments of a shell: the values of their words, and what the scope holds after them. */
import { expandValue, expandWord, expandWords } from "./expand.ts";
import type { Expander } from "./expander.ts";
import { type Field, field, join } from "./field.ts";
import type { Scope } from "./scope.ts";
import { type Assignment, parseShell, type Word } from "./shell-ast.ts";

export function append(held: readonly Field[], more: readonly Field[], asText: boolean): Field[] {
  if (!asText) return [...held, ...more];
  return [join([held[0] ?? field(""), more[0] ?? field("")], "")];
}

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
  const held = scope.variables.get(one.name);
  if (one.index !== undefined || (one.append === true && held === undefined)) {
    scope.variables.set(one.name, undefined);
    return;
  }
  const whole =
    one.append !== true ? values : append(held ?? [], values, one.value.type === "Word");
  scope.variables.set(one.name, whole);
}
