/** A policy file to a layer: parsed strictly, its variables put in, its examples run. */
import { ConductorError } from "../../base/errors.ts";
import { parseYaml } from "../../contract/parse-yaml.ts";
import { analyse, type Place } from "../guard/index.ts";
import { applies, type Layer, type LayerName } from "./decide.ts";
import { type Match, type PolicyFile, policySchema, type Rule } from "./schema.ts";

/** Where examples are imagined to run: the same on every machine. */
export const EXAMPLE_PLACE: Place = {
  cwd: "/home/dev/project",
  workspace: "/home/dev/project",
  home: "/home/dev",
  user: "dev",
};

/** @throws {ConductorError} `policy.invalid`, naming file, line and rule. */
export function parsePolicy(text: string, file: string): PolicyFile {
  const policy = parseYaml(text, { file, code: "policy.invalid" }, policySchema);
  const ids = policy.rules.map((rule) => rule.id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw invalid(file, twice, "two rules have this id");
  const rules = policy.rules.map((rule) => withVariables(rule, policy.vars, file));
  const checked = { ...policy, rules };
  for (const rule of rules) runExamples(rule, file);
  return checked;
}

export function toLayer(policy: PolicyFile, name: LayerName, off: readonly string[] = []): Layer {
  return {
    name,
    default: policy.default,
    rules: policy.rules.filter((rule) => !off.includes(rule.id)),
  };
}

function invalid(file: string, rule: string, why: string): ConductorError {
  return new ConductorError("policy.invalid", `${file}: rule ${rule}: ${why}`, {
    data: { file, rule },
    hint: "`conductor policy validate FILE` checks it again",
  });
}

/** `$name` in a list is the list of that name. */
function withVariables(rule: Rule, vars: PolicyFile["vars"], file: string): Rule {
  const list = (value: string | readonly string[]): string[] =>
    (typeof value === "string" ? [value] : value).flatMap((word) => {
      if (!word.startsWith("$")) return word;
      const found = vars[word.slice(1)];
      if (found === undefined) throw invalid(file, rule.id, `${word} is not among vars`);
      return found;
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

function runExamples(rule: Rule, file: string): void {
  for (const text of rule.examples?.match ?? []) {
    if (!exampleMatches(rule, text))
      throw invalid(file, rule.id, `its example does not match: ${text}`);
  }
  for (const text of rule.examples?.not_match ?? []) {
    if (exampleMatches(rule, text))
      throw invalid(file, rule.id, `it matches what it should not: ${text}`);
  }
}

function exampleMatches(rule: Rule, text: string): boolean {
  const { actions, flags } = analyse(text, EXAMPLE_PLACE, () => 0);
  const { workspace, home } = EXAMPLE_PLACE;
  return actions.some((action) =>
    applies(rule, { action, flags, workspace, home, labels: [], tool: "shell" }),
  );
}
