/** A policy file to a layer: parsed strictly, its variables put in, its conditions compiled, its examples run. */
import { ConductorError, describeError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import { type ReadYaml, readYaml, yamlValue } from "../../contract/parse-yaml.ts";
import { analyse, type Place } from "../guard/index.ts";
import { compile } from "./condition.ts";
import { applies, type Layer, type LayerName, withText } from "./decide.ts";
import { type Match, type PolicyFile, policySchema, type Rule } from "./schema.ts";

/** Where examples are imagined to run: the same on every machine. */
export const EXAMPLE_PLACE: Place = {
  cwd: "/home/dev/project",
  workspace: "/home/dev/project",
  home: "/home/dev",
  user: "dev",
};
/** And when: noon of a Thursday. */
const EXAMPLE_TIME = Date.UTC(2026, 0, 1, 12);

const HINT = "`conductor policy validate FILE` checks it again";

/** @throws {ConductorError} `policy.invalid`, naming file, line and rule. */
export function parsePolicy(text: string, file: string): PolicyFile {
  const read = readPolicy(text, file);
  const refuse: Refuse = (rule, why) => {
    const at = read.data.rules.findLastIndex(({ id }) => id === rule);
    throw invalid({ file, line: read.lineOf(["rules", at]), rule }, why);
  };
  const ids = read.data.rules.map((rule) => rule.id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) return refuse(twice, "two rules have this id");
  const rules = read.data.rules.map((rule) => withVariables(rule, read.data.vars, refuse));
  for (const rule of rules) {
    checkCondition(rule, refuse);
    runExamples(rule, refuse);
  }
  return { ...read.data, rules };
}

type Refuse = (rule: string, why: string) => never;

/** What the schema refuses inside a rule names that rule, not only its place in the list. */
function readPolicy(text: string, file: string): ReadYaml<PolicyFile> {
  try {
    return readYaml(text, { file, code: "policy.invalid", hint: HINT }, policySchema);
  } catch (error) {
    const { field, line } = error instanceof ConductorError ? error.data : {};
    if (typeof field !== "string" || typeof line !== "number") throw error;
    const [list, at, ...within] = field.split(".");
    const rule = list === "rules" ? yamlValue(text, ["rules", Number(at), "id"]) : undefined;
    if (typeof rule !== "string") throw error;
    const said = describeError(error);
    const why = said.slice(said.indexOf(`${field}: `) + field.length + 2);
    throw invalid({ file, line, rule }, `${within.join(".") || "the rule"}: ${why}`);
  }
}

/** @param off  ids of rules that are switched off, as by `disabled_builtins` */
export function toLayer(policy: PolicyFile, name: LayerName, off: readonly string[] = []): Layer {
  return {
    name,
    default: policy.default,
    gate: policy.gate,
    overrides: policy.overrides,
    rules: policy.rules.map((rule) =>
      off.includes(rule.id) ? { ...rule, was: rule.effect, off: true } : rule,
    ),
    tasks: policy.tasks,
    advice: policy.advice,
  };
}

function invalid(
  at: { readonly file: string; readonly line: number; readonly rule: string },
  why: string,
): ConductorError {
  return new ConductorError("policy.invalid", `${at.file}:${at.line}: rule ${at.rule}: ${why}`, {
    data: { ...at },
    hint: HINT,
  });
}

/** `$name` in a list is the list of that name. */
function withVariables(rule: Rule, vars: PolicyFile["vars"], refuse: Refuse): Rule {
  const list = (value: string | readonly string[]): string[] =>
    (typeof value === "string" ? [value] : value).flatMap((word) => {
      if (!word.startsWith("$")) return word;
      const found = vars[word.slice(1)];
      if (found !== undefined) return found;
      const near = didYouMean(word.slice(1), Object.keys(vars)).replace("mean ", "mean $").trim();
      return refuse(rule.id, `${word} is not among vars${near === "" ? "" : `, ${near}`}`);
    });
  const put = (match: Match): Match => ({
    ...match,
    ...(match.command === undefined ? {} : { command: list(match.command) }),
    ...(match.flags === undefined ? {} : { flags: list(match.flags) }),
    ...(Array.isArray(match.redirects) ? { redirects: list(match.redirects) } : {}),
    ...(match.paths === undefined || isArea(match.paths) ? {} : { paths: list(match.paths) }),
  });
  const { unless } = rule;
  if (unless === undefined) return { ...rule, match: put(rule.match) };
  const { paths_under: under, ...excepted } = unless;
  const folders = under === undefined ? {} : { paths_under: list(under) };
  return { ...rule, match: put(rule.match), unless: { ...put(excepted), ...folders } };
}

function isArea(paths: NonNullable<Match["paths"]>): boolean {
  return paths === "inside_workspace" || paths === "outside_workspace";
}

function checkCondition(rule: Rule, refuse: Refuse): void {
  if (rule.when === undefined) return;
  try {
    compile(rule.when);
  } catch (error) {
    refuse(rule.id, `when: ${describeError(error)}`);
  }
}

function runExamples(rule: Rule, refuse: Refuse): void {
  for (const text of rule.examples?.match ?? []) {
    if (!exampleMatches(rule, text)) refuse(rule.id, `its example does not match: ${text}`);
  }
  for (const text of rule.examples?.not_match ?? []) {
    if (exampleMatches(rule, text)) refuse(rule.id, `it matches what it should not: ${text}`);
  }
}

function exampleMatches(rule: Rule, text: string): boolean {
  const analysis = analyse(text, EXAMPLE_PLACE, () => 0);
  const { workspace, home } = EXAMPLE_PLACE;
  const asker = { workspace, home, labels: [], tool: "shell", time: EXAMPLE_TIME } as const;
  const { flags } = analysis;
  return withText(analysis).some((action) => applies(rule, { ...asker, action, flags }));
}
