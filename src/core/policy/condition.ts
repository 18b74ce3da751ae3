/**
 * A rule's `when`, in CEL: typed, without loops of its own, and bounded, so that it ends soon whatever it is
 * asked about. The evaluator is loaded with the first rule that has one.
 */
import { createRequire } from "node:module";
import type * as Cel from "@marcbachmann/cel-js";
import { nearest } from "../../base/nearest.ts";
import type { Question } from "./match.ts";

/** What an expression may speak of, in CEL's types. */
const VARIABLES = {
  program: "string",
  /** The words of the command in one text, with one blank between them. */
  command: "string",
  argv: "list<string>",
  /** Program and operands, without options. */
  words: "list<string>",
  flags: "list<string>",
  does: "list<string>",
  paths: "list<string>",
  redirects: "list<string>",
  via: "list<string>",
  dynamic: "bool",
  /** Speaking of it fails where it cannot be told. */
  cwd: "string",
  workspace: "string",
  home: "string",
  agent: "string",
  session: "string",
  labels: "list<string>",
  tool: "string",
  time: "google.protobuf.Timestamp",
} as const;
type Facts = Partial<Record<keyof typeof VARIABLES, string | boolean | readonly string[] | Date>>;

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

/** `undefined`: it could not be evaluated. */
export type Condition = (facts: Facts) => boolean | undefined;

const require = createRequire(import.meta.url);
let environment: Cel.Environment | undefined;
const known = new Map<string, Condition>();

/** @throws {Error} whose message says what is wrong with the expression */
export function compile(expression: string): Condition {
  const before = known.get(expression);
  if (before !== undefined) return before;
  environment ??= createEnvironment();
  const parsed = parse(environment, expression);
  refuse(parsed.ast);
  const { valid, type, error } = parsed.check();
  if (!valid) throw new Error(`${summary(error)}${meant(summary(error))}`);
  if (type !== "bool") throw new Error(`it gives ${type ?? "nothing"}, not true or false`);
  const condition: Condition = (facts) => {
    if (Object.values(facts).some((each) => Array.isArray(each) && each.length > MOST_ITEMS))
      return undefined;
    try {
      const held: unknown = parsed(facts);
      return typeof held === "boolean" ? held : undefined;
    } catch {
      return undefined;
    }
  };
  known.set(expression, condition);
  return condition;
}

/**
 * Fails closed: what cannot be evaluated holds for a rule that asks or denies, and does not for one that allows.
 */
export function holdsWhen(expression: string, question: Question, allows: boolean): boolean {
  return compile(expression)(factsOf(question)) ?? !allows;
}

function createEnvironment(): Cel.Environment {
  const loaded: unknown = require("@marcbachmann/cel-js");
  if (!isCel(loaded)) throw new Error("the evaluator of conditions cannot be loaded");
  const made = new loaded.Environment({ limits: LIMITS });
  for (const [name, type] of Object.entries(VARIABLES)) made.registerVariable(name, type);
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
  if (!(error instanceof Error)) return "it is not CEL";
  return "summary" in error && typeof error.summary === "string" ? error.summary : error.message;
}

function meant(told: string): string {
  const name = /^Unknown variable: (\w+)/.exec(told)?.[1];
  const near = name === undefined ? undefined : nearest(name, Object.keys(VARIABLES));
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

function factsOf(question: Question): Facts {
  const { argv, words, facts, redirects, via, dynamic, cwd } = question.action;
  const end = argv.indexOf("--");
  return {
    program: words[0] ?? "",
    command: argv.join(" "),
    argv,
    words,
    flags: argv.slice(1, end < 0 ? undefined : end).filter((word) => word.startsWith("-")),
    does: [...new Set<string>(facts.map(({ deed }) => deed))],
    paths: [...new Set(facts.flatMap(({ path }) => (path === undefined ? [] : path)))],
    redirects,
    via,
    dynamic,
    ...(cwd === null ? {} : { cwd }),
    workspace: question.workspace,
    home: question.home,
    agent: question.agent ?? "",
    session: question.session ?? "",
    labels: question.labels,
    tool: question.tool,
    ...(question.time === undefined ? {} : { time: new Date(question.time) }),
  };
}
