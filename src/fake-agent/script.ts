import { ConductorError } from "../base/errors.ts";
import { type Action, parseAction } from "./actions.ts";

/** How the agent behaves: at its start, and for prompts that a rule matches. */
export interface Script {
  readonly start: Start;
  readonly rules: readonly Rule[];
}

interface Start {
  readonly delayMs: number;
  /** Never shows a composer. */
  readonly hangs: boolean;
  /** Ends with this code instead of starting. */
  readonly exit?: number | undefined;
  /** A question that stands before the composer, as a CLI asks for trust in a folder. */
  readonly dialog?: string | undefined;
}

interface Rule {
  readonly match: RegExp;
  /** How often the rule answers before it is used up. */
  readonly times: number;
  readonly actions: readonly Action[];
}

export const defaultScript: Script = { start: { delayMs: 0, hangs: false }, rules: [] };

/** @throws {ConductorError} `usage.invalid`, naming the key and the value that is wrong */
export function parseScript(json: string): Script {
  const root = asRecord(parseJson(json), "the script");
  onlyKeys(root, ["start", "rules"], "the script");
  const rules = root["rules"] ?? [];
  if (!Array.isArray(rules)) throw invalid("rules", rules, "a list");
  return { start: parseStart(root["start"]), rules: rules.map(parseRule) };
}

function parseStart(value: unknown): Start {
  if (value === undefined) return defaultScript.start;
  const start = asRecord(value, "start");
  onlyKeys(start, ["delayMs", "hang", "exit", "dialog"], "start");
  return {
    delayMs: optional(start["delayMs"], "number", "start.delayMs") ?? 0,
    hangs: optional(start["hang"], "boolean", "start.hang") ?? false,
    exit: optional(start["exit"], "number", "start.exit"),
    dialog: optional(start["dialog"], "string", "start.dialog"),
  };
}

function parseRule(value: unknown, index: number): Rule {
  const where = `rules[${index}]`;
  const rule = asRecord(value, where);
  onlyKeys(rule, ["match", "times", "actions"], where);
  const actions = rule["actions"];
  if (!Array.isArray(actions)) throw invalid(`${where}.actions`, actions, "a list of actions");
  return {
    match: parsePattern(optional(rule["match"], "string", `${where}.match`) ?? "", where),
    times: optional(rule["times"], "number", `${where}.times`) ?? Number.POSITIVE_INFINITY,
    actions: actions.map((action: unknown, at) => {
      const parsed = typeof action === "string" ? parseAction(action) : undefined;
      if (parsed === undefined) throw invalid(`${where}.actions[${at}]`, action, "an action");
      return parsed;
    }),
  };
}

function parsePattern(source: string, where: string): RegExp {
  try {
    return new RegExp(source, "su");
  } catch (cause) {
    throw invalid(`${where}.match`, source, "a regular expression", cause);
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new ConductorError("usage.invalid", `the script is not JSON: ${String(cause)}`, {
      cause,
    });
  }
}

function asRecord(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(where, value, "an object");
  }
  return Object.fromEntries(Object.entries(value));
}

function onlyKeys(record: Readonly<Record<string, unknown>>, keys: string[], where: string): void {
  const unknown = Object.keys(record).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw invalid(where, unknown, `one of ${keys.join(", ")}`);
}

interface Primitives {
  number: number;
  boolean: boolean;
  string: string;
}

function optional<K extends keyof Primitives>(
  value: unknown,
  kind: K,
  where: string,
): Primitives[K] | undefined {
  if (value === undefined) return undefined;
  if (!isKind(value, kind)) throw invalid(where, value, `a ${kind}`);
  return value;
}

function isKind<K extends keyof Primitives>(value: unknown, kind: K): value is Primitives[K] {
  return typeof value === kind;
}

function invalid(where: string, value: unknown, wanted: string, cause?: unknown): ConductorError {
  const found = JSON.stringify(value) ?? "nothing";
  return new ConductorError("usage.invalid", `${where}: ${found} is not ${wanted}`, { cause });
}
