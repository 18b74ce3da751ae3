/** `$x`, `${x:-y}` and their kin. What is not known stays a hole: never empty, never harmless. */
import { assertNever } from "../../base/errors.ts";
import type { Expander, Piece } from "./expander.ts";
import { type Field, field, HOLE, isKnown, join } from "./field.ts";
import type { ParameterOperation, Word } from "./shell-ast.ts";

export interface Parameter {
  readonly name: string;
  readonly prefix?: "!" | "#";
  readonly operation?: ParameterOperation;
  readonly index?: string;
}

export function parameter(asked: Parameter, by: Expander): Piece {
  const { name, prefix, operation } = asked;
  if (prefix === "#") return { field: field(HOLE), split: false };
  if (prefix === "!") return { field: field(HOLE), split: true };
  if (name === "@" || name === "*" || asked.index === "@" || asked.index === "*") {
    const words = name === "@" || name === "*" ? by.scope.positional : by.scope.variables.get(name);
    if (operation !== undefined) touch(operation, by);
    // `"${@:2}"` leaves words out, `"${a[@]/x/y}"` makes others of them.
    return words === undefined || operation !== undefined
      ? { field: field(HOLE), split: true }
      : { field: join(words, " "), split: false, words };
  }
  const value = valueOf(asked, by);
  const found = operation === undefined ? value : operate(value, operation, asked, by);
  const given = found ?? field(HOLE);
  const shown = operation?.type !== "Default" || !operation.operator.includes("+");
  if (shown && isCredential(name) && !by.scope.variables.has(name))
    return { field: { ...given, credential: true }, split: true };
  const separators = by.scope.variables.get("IFS")?.[0]?.text;
  return { field: given, split: true, ...(separators === undefined ? {} : { separators }) };
}

const CREDENTIAL =
  /(^|_)(TOKEN|SECRET|PASSWD|PASSPHRASE|PASS|CREDENTIALS?|APIKEY|(API|ACCESS|SECRET|PRIVATE|SIGNING|ENCRYPTION|DEPLOY|MASTER)_KEY)(_(KEY|BASE|VALUE|PROD|PRODUCTION|STAGING|DEV|TEST|ACCESS|\d+|\w*KEY))*$|PASSWORD(_\w+)?$|^AWS_SESSION_TOKEN$/;

/** By its name alone: `GITHUB_TOKEN`, `PGPASSWORD`. */
export function isCredential(name: string): boolean {
  return CREDENTIAL.test(name) && !/_(ID|FILE|PATH|URL|NAME|COUNT|LENGTH|TTL)$/.test(name);
}

/** Stands for whatever the guard's own variables hold. */
export const GUARD_VALUE = "/run/conductor/conductor.sock";

/** Stands for `$$`: above what a kernel gives out, so that no number of a text is it. */
export const OWN_PROCESS = "4194305";

/** Undefined when it is not known, which is not the same as unset. */
function valueOf(asked: Parameter, by: Expander): Field | undefined {
  const { scope } = by;
  const { name } = asked;
  if (scope.variables.has(name)) {
    const held = scope.variables.get(name);
    if (held === undefined) return undefined;
    return asked.index === undefined ? held[0] : held[Number(asked.index)];
  }
  // The guard's own variables: what is done to them is done to the guard.
  if (name.includes("CONDUCTOR")) return field(GUARD_VALUE);
  if (/^\d+$/.test(name) && name !== "0") return scope.positional?.[Number(name) - 1];
  if (name === "PWD") return scope.cwd === undefined ? undefined : field(scope.cwd);
  if (name === "IFS") return field(" ");
  if (name === "!") return field("%1");
  if (name === "?" || name === "#") return field("0");
  // Known to be a number, which is what matters in a path.
  if (name === "$") return field(OWN_PROCESS);
  return undefined;
}

function operate(
  value: Field | undefined,
  operation: ParameterOperation,
  asked: Parameter,
  by: Expander,
): Field | undefined {
  switch (operation.type) {
    case "Default": {
      const other = by.value(operation.operand);
      if (operation.operator === ":?" || operation.operator === "?") return value;
      if (operation.operator === "+" || operation.operator === ":+") return value && other;
      // A default is taken at its word where the variable is not set in this text.
      const chosen = value ?? other;
      if (operation.operator.endsWith("=")) by.scope.variables.set(asked.name, [chosen]);
      return chosen;
    }
    case "Transform":
      if (operation.operand.value.includes("P")) by.runsText(`\${${asked.name}@P}`);
      return undefined;
    case "CaseModification":
      touch(operation, by);
      return value && isKnown(value) ? caseOf(value, operation.operator) : undefined;
    case "Replace":
      return replace(value, operation, by);
    case "Remove":
      return remove(value, operation, by);
    case "Slice":
    case "Names":
    case "Unknown":
      touch(operation, by);
      return undefined;
    default:
      return assertNever(operation);
  }
}

function caseOf(value: Field, operator: string): Field {
  const text = operator.startsWith("^") ? value.text.toUpperCase() : value.text.toLowerCase();
  return { ...value, text };
}

function replace(
  value: Field | undefined,
  operation: Extract<ParameterOperation, { type: "Replace" }>,
  by: Expander,
): Field | undefined {
  const pattern = by.value(operation.pattern);
  const replacement = by.value(operation.replacement);
  if (value === undefined || !isKnown(pattern) || pattern.glob) return undefined;
  // Every letter by a long text: it could be anything of any length.
  if (value.text.length * (replacement.text.length + 1) > 64 * 1024) return undefined;
  if (value.text.length > 4_096) return undefined;
  const text =
    operation.operator === "//"
      ? value.text.replaceAll(pattern.text, replacement.text)
      : value.text.replace(pattern.text, () => replacement.text);
  return { ...value, text };
}

/** `${x#y}` and `${x%y}` of plain text; of a pattern with wildcards only what stays for certain: nothing. */
function remove(
  value: Field | undefined,
  operation: Extract<ParameterOperation, { type: "Remove" }>,
  by: Expander,
): Field | undefined {
  const affix = by.value(operation.operand);
  if (value === undefined || !isKnown(affix) || !isKnown(value)) return undefined;
  const { text } = value;
  if (affix.glob) {
    const left = withoutPattern(text, affix.text, operation.operator);
    return left === undefined ? undefined : { ...value, text: left };
  }
  if (operation.operator.startsWith("#"))
    return { ...value, text: text.startsWith(affix.text) ? text.slice(affix.text.length) : text };
  return { ...value, text: text.endsWith(affix.text) ? text.slice(0, -affix.text.length) : text };
}

/** `${x%/*}`, `${x##*.}`: patterns of plain text and `*` only. */
function withoutPattern(text: string, pattern: string, operator: string): string | undefined {
  if (text.length > 1_024 || /[?[\]\\]/.test(pattern)) return undefined;
  const parts = pattern.split("*");
  const [[first = ""], [last = ""]] = [parts, parts.slice(-1)];
  const fits = (piece: string): boolean => {
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = piece.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return piece.startsWith(first) && piece.endsWith(last) && piece.length >= at + last.length;
  };
  const lengths = Array.from({ length: text.length + 1 }, (_, at) => at);
  const wide = operator.length === 2;
  const front = operator.startsWith("#");
  const found = (wide ? lengths.toReversed() : lengths).find((length) =>
    fits(front ? text.slice(0, length) : text.slice(text.length - length)),
  );
  if (found === undefined) return text;
  return front ? text.slice(found) : text.slice(0, text.length - found);
}

/** Expands the words of an operation for the commands in them. */
function touch(operation: ParameterOperation, by: Expander): void {
  for (const part of Object.values<unknown>({ ...operation })) if (isWord(part)) by.value(part);
}

function isWord(part: unknown): part is Word {
  return typeof part === "object" && part !== null && "type" in part && part.type === "Word";
}
