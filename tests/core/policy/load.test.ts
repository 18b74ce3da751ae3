import { expect, test } from "vitest";
import { parsePolicy } from "../../../src/core/policy/index.ts";

const load = (text: string) => parsePolicy(`version: 1\n${text}`, "policy.yaml");

test.each([
  [
    "rules:\n  - { id: a, match: { command: x }, effect: ask }\n  - { id: a, match: { command: y }, effect: ask }",
    "policy.yaml:4: rule a: two rules have this id",
  ],
  [
    "rules: [{ id: a, match: { command: x }, effect: ask, efect: deny }]",
    /policy\.yaml:2: rule a: .*efect/,
  ],
  ["rules: [{ id: a, match: { command: x }, effect: never }]", /policy\.yaml:2: rule a: effect: /],
  ["rules: [{ match: { command: x }, effect: ask }]", /policy\.yaml:2: rules\.0\.id: /],
  ["rules: [", /policy\.yaml:2: /],
  [
    "vars: { regenerable: [dist] }\nrules: [{ id: a, match: { paths: $regenerabel }, effect: ask }]",
    "policy.yaml:3: rule a: $regenerabel is not among vars, did you mean $regenerable?",
  ],
  [
    "rules: [{ id: a, match: { command: $tools }, effect: ask }]",
    "policy.yaml:2: rule a: $tools is not among vars",
  ],
  [
    "rules: [{ id: a, match: { command: rm }, effect: ask, examples: { not_match: [rm x] } }]",
    "policy.yaml:2: rule a: it matches what it should not: rm x",
  ],
  [
    "rules: [{ id: a, match: { command: rm }, effect: ask, when: 'programm == \"rm\"' }]",
    /policy\.yaml:2: rule a: when: Unknown variable: programm.* did you mean program\?/,
  ],
])("what is wrong is named with its line and its rule: %j", (text, says) => {
  expect(() => load(text)).toThrow(says);
});

test("a variable stands for its list wherever a list may stand", () => {
  const { rules } = load(`vars: { tools: [rm, mv], places: [/srv/**, /opt/**] }
rules:
  - id: a
    match: { command: $tools, redirects: [$places, /x], paths: $places }
    unless: { flags: [-i], paths_under: $tools }
    effect: ask`);
  expect(rules).toMatchObject([
    {
      match: {
        command: ["rm", "mv"],
        redirects: ["/srv/**", "/opt/**", "/x"],
        paths: ["/srv/**", "/opt/**"],
      },
      unless: { flags: ["-i"], paths_under: ["rm", "mv"] },
    },
  ]);
});
