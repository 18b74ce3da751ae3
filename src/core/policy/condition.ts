/** A rule's `when`: what it may speak of, and what it says of a question. */
import { createConditions } from "../conditions/index.ts";
import type { Question } from "./match.ts";

/** What a rule's `when` may speak of, in CEL's types. */
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

/** @throws {Error} whose message says what is wrong with the expression */
export const compile = createConditions(VARIABLES);
type Condition = ReturnType<typeof compile>;

/**
 * Fails closed: what cannot be evaluated holds for a rule that asks or denies, and does not for one that allows.
 */
export function holdsWhen(expression: string, question: Question, allows: boolean): boolean {
  return compile(expression)(factsOf(question)) ?? !allows;
}

function factsOf(question: Question): Parameters<Condition>[0] {
  const { argv, words, facts, redirects, via, dynamic, cwd } = question.action;
  const [program = ""] = words;
  const end = argv.indexOf("--");
  return {
    program,
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
