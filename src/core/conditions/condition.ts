/**
 * A condition of a rule, in CEL: typed, without loops of its own, and bounded, so that it ends soon whatever it is
 * asked about. The evaluator is loaded with the first one.
 */
import { createRequire } from "node:module";
import type * as Cel from "@marcbachmann/cel-js";
import { nearest } from "../../base/nearest.ts";

const LIMITS = {
  maxAstNodes: 200,
  maxDepth: 20,
  maxListElements: 100,
  maxMapEntries: 20,
  maxCallArguments: 8,
};
/** Longer lists are not gone through; a command with more words than that cannot be judged by `when`. */
const MOST_ITEMS = 256;
const MOST_NESTED = 2;
const LOOPS = new Set(["exists", "exists_one", "all", "map", "filter"]);

/** What an expression may speak of, in CEL's types. */
export type Variables = Readonly<Record<string, string>>;
type Facts<V extends Variables> = Partial<Readonly<Record<keyof V & string, unknown>>>;

/** `undefined`: it could not be evaluated. */
export type Condition<V extends Variables> = (facts: Facts<V>) => boolean | undefined;

const require = createRequire(import.meta.url);

/**
 * Compiles each expression once.
 * @returns what throws an Error whose message says what is wrong with the expression
 */
export function createConditions<const V extends Variables>(
  variables: V,
): (expression: string) => Condition<V> {
  let environment: Cel.Environment | undefined;
  const known = new Map<string, Condition<V>>();
  return (expression) => {
    environment ??= createEnvironment(variables);
    const condition = known.get(expression) ?? compile<V>(environment, expression, variables);
    known.set(expression, condition);
    return condition;
  };
}

function compile<V extends Variables>(
  environment: Cel.Environment,
  expression: string,
  variables: V,
): Condition<V> {
  const parsed = parse(environment, expression);
  refuse(parsed.ast);
  const { valid, type, error } = parsed.check();
  if (!valid) throw new Error(`${summary(error)}${meant(summary(error), Object.keys(variables))}`);
  if (type !== "bool") throw new Error(`it gives ${type}, not true or false`);
  return (facts) => {
    if (Object.values(facts).some((each) => Array.isArray(each) && each.length > MOST_ITEMS))
      return undefined;
    try {
      return parsed(facts) === true;
    } catch {
      return undefined;
    }
  };
}

function createEnvironment(variables: Variables): Cel.Environment {
  const loaded: unknown = require("@marcbachmann/cel-js");
  if (!isCel(loaded)) throw new Error("the evaluator of conditions cannot be loaded");
  const made = new loaded.Environment({ limits: LIMITS });
  for (const [name, type] of Object.entries(variables)) made.registerVariable(name, type);
  return made;
}

function isCel(loaded: unknown): loaded is Pick<typeof Cel, "Environment"> {
  return typeof loaded === "object" && loaded !== null && "Environment" in loaded;
}

function parse(cel: Cel.Environment, expression: string) {
  try {
    return cel.parse(expression);
  } catch (error) {
    throw new Error(summary(error), { cause: error });
  }
}

function summary(error: unknown): string {
  return error instanceof Error && "summary" in error ? String(error.summary) : "it is not CEL";
}

function meant(told: string, names: readonly string[]): string {
  const name = /^Unknown variable: (\w+)/.exec(told)?.[1];
  const near = name === undefined ? undefined : nearest(name, names);
  return near === undefined ? "" : `, did you mean ${near}?`;
}

/** Regular expressions can take for ever, and so can loops in loops. */
function refuse(node: Cel.ASTNode, nested = 0): void {
  const name = calledBy(node);
  if (name === "matches")
    throw new Error("matches() is not there: use startsWith, endsWith or contains");
  const depth = nested + (name !== undefined && LOOPS.has(name) ? 1 : 0);
  if (depth > MOST_NESTED) throw new Error(`more than ${MOST_NESTED} loops in each other`);
  for (const child of nodesIn(node.args)) refuse(child, depth);
}

function calledBy(node: Cel.ASTNode): string | undefined {
  return node.op === "call" || node.op === "rcall" ? node.args[0] : undefined;
}

function nodesIn(value: unknown): readonly Cel.ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value] : [];
}

function isNode(value: unknown): value is Cel.ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}
