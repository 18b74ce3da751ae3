import { expect, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import {
  decide,
  EXAMPLE_PLACE,
  type Layer,
  lint,
  parsePolicy,
  toLayer,
} from "../../../src/core/policy/index.ts";
import { SHIPPED } from "../guard/verdicts.ts";

function findings(rules: string, before: readonly Layer[] = []): string[] {
  const text = `version: 1\nrules:\n${rules}`;
  const layers = [...before, toLayer(parsePolicy(text, "policy.yaml"), "project")];
  const { workspace, home } = EXAMPLE_PLACE;
  const judge = (command: string) => {
    const asker = { workspace, home, labels: [], tool: "shell" } as const;
    return decide(
      analyse(command, EXAMPLE_PLACE, () => 0),
      layers,
      asker,
    ).effect;
  };
  return lint(layers, judge).map(
    ({ severity, kind, rule, says }) => `${severity} ${kind} ${rule}: ${says}`,
  );
}

test("the shipped policies are without a fault", () => {
  expect(findings("  - { id: nothing, match: { command: frob }, effect: ask }", SHIPPED)).toEqual(
    [],
  );
});

test("a rule that another one covers never decides", () => {
  const rules = `  - { id: all, match: { command: git }, effect: ask }
  - { id: push, match: { command: git push, flags: [-f] }, effect: ask }`;
  expect(findings(rules)).toEqual([
    "warning shadowed push: never decides: all matches all of it and says ask",
  ]);
});

test("two rules that fight over the same command are told who wins", () => {
  const rules = `  - { id: forced, match: { command: git push, flags: [-f] }, effect: deny }
  - { id: mine, match: { command: git push, labels: [bot] }, effect: ask }`;
  expect(findings(rules)).toEqual([
    "warning contradictory forced: overlaps with mine: where both match, deny wins",
  ]);
});

test("an inner rule that relaxes an outer one does not count, and is told so", () => {
  const outer = parsePolicy(
    "version: 1\nrules: [{ id: push, match: { command: git push }, effect: ask }]",
    "global.yaml",
  );
  const rules = "  - { id: free, match: { command: git push }, effect: allow }";
  expect(findings(rules, [toLayer(outer, "global")])).toEqual([
    "error relaxing free: does not count: global/push says ask and may not be relaxed",
  ]);
});

test("an allow on an interpreter or a wrapper allows anything", () => {
  const rules = "  - { id: py, match: { command: [python3, npm test] }, effect: allow }";
  expect(findings(rules)).toEqual([
    "error broad py: allows python3 with whatever it is told to run",
  ]);
});

test("an advice that the policy itself refuses is no advice", () => {
  const rules =
    "  - { id: a, match: { command: rm }, effect: ask, instead: use `sudo rm -rf /var` for that }";
  expect(findings(rules, SHIPPED)).toEqual([
    "error advice a: advises what is refused: sudo rm -rf /var",
  ]);
});

test("a rule with a condition may overlap, and covers nothing for certain", () => {
  const rules = `  - { id: all, match: { command: git }, effect: ask, when: 'agent == "dev"' }
  - { id: push, match: { command: git push, flags: [-f] }, effect: ask }
  - { id: forced, match: { command: git push, labels: [bot] }, effect: deny }`;
  expect(findings(rules)).toEqual([
    "warning contradictory forced: overlaps with push: where both match, deny wins",
  ]);
  const fights = `  - { id: one, match: { command: git push, flags: [-f] }, effect: ask }
  - { id: two, match: { command: git push, labels: [bot] }, effect: deny, when: dynamic }`;
  expect(findings(fights)).toEqual([
    "warning contradictory one: may overlap with two: where both match, deny wins",
  ]);
});

test("an inner rule that relaxes an outer one with a condition does not count there only", () => {
  const outer = parsePolicy(
    "version: 1\nrules: [{ id: push, match: { command: git push }, when: dynamic, effect: ask }]",
    "global.yaml",
  );
  const rules = "  - { id: free, match: { command: git push }, effect: allow }";
  expect(findings(rules, [toLayer(outer, "global")])).toEqual([
    "warning relaxing free: does not count where global/push says ask and may not be relaxed",
  ]);
});

test("a rule that an outer layer decides anyway is shadowed", () => {
  const outer = parsePolicy(
    "version: 1\nrules: [{ id: any, match: { does: [publish, git-push] }, effect: ask }]",
    "global.yaml",
  );
  const rules = `  - { id: mine, match: { does: [publish] }, effect: ask }
  - { id: strict, match: { does: [publish] }, effect: deny }
  - { id: other, match: { does: [build] }, effect: ask }`;
  expect(findings(rules, [toLayer(outer, "global")])).toEqual([
    "warning shadowed mine: never decides: global/any matches all of it and says ask",
    "warning contradictory mine: says otherwise about the same than strict: where both match, deny wins",
  ]);
});

test("a rule that can match nothing is dead", () => {
  const rules = `  - { id: all, match: { command: npm, labels: [a] }, unless: { command: npm }, effect: ask }
  - { id: wrapped, match: { command: [/bin/frob, frob -x, frob] }, effect: ask }`;
  expect(findings(rules)).toEqual([
    "warning dead all: matches nothing: its unless leaves out all of its match",
    "warning dead wrapped: matches nothing by /bin/frob: the guard reads it as frob",
    "warning dead wrapped: matches nothing by frob -x: the guard reads it as frob",
  ]);
});

test.each(["git", "find", "sh", "env", "sudo", "make", "ssh", "xargs"])(
  "an allow on %s is an error, whatever subcommand a star stands for",
  (program) => {
    const rules = `  - { id: a, match: { command: [${program}, "${program} *"] }, effect: allow }`;
    expect(findings(rules)).toEqual([
      `error broad a: allows ${program} with whatever it is told to run`,
      `error broad a: allows ${program} * with whatever it is told to run`,
    ]);
  },
);

test("an allow on a program of the workspace allows what an agent writes there", () => {
  const rules = "  - { id: a, match: { command: ./scripts/x.sh }, effect: allow }";
  expect(findings(rules)).toEqual([
    "error broad a: allows ./scripts/x.sh, which an agent can write itself",
  ]);
});

test.each([
  ["{ dynamic: true, command: npm }", "{ command: npm }"],
  ['{ refspec: "+*", command: git push }', "{ command: git push }"],
  ['{ refspec: "+*", command: git push }', '{ refspec: ":*", command: git push }'],
  ["{ dynamic: true, command: npm }", "{ dynamic: false, command: npm }"],
  ["{ command: npm, labels: { not: [bot] } }", "{ command: npm, labels: [bot] }"],
  ["{ command: npm, tool: [shell] }", "{ command: npm, tool: [write] }"],
])("%s does not cover %s", (wide, narrow) => {
  const rules = `  - { id: b, match: ${wide}, effect: ask }
  - { id: a, match: ${narrow}, effect: ask }`;
  expect(findings(rules).filter((one) => one.includes("shadowed a"))).toEqual([]);
});

test.each([
  ["{ labels: { not: [bot, ci] } }", "{ command: npm, labels: { not: [ci, bot] } }"],
  ["{ paths: outside_workspace }", "{ paths: outside_workspace, command: rm }"],
  ["{ dynamic: true }", "{ dynamic: true, command: npm }"],
  ['{ refspec: "+*" }', '{ refspec: "+*", command: git push }'],
])("%s covers %s", (wide, narrow) => {
  const rules = `  - { id: b, match: ${wide}, effect: deny }
  - { id: a, match: ${narrow}, effect: ask }`;
  expect(findings(rules).filter((one) => one.includes("shadowed a"))).toHaveLength(1);
});

test("of two rules that say the same about the same, only one never decides", () => {
  const rules = `  - { id: a, match: { command: npm }, effect: ask }
  - { id: b, match: { command: npm }, effect: ask }`;
  expect(findings(rules)).toHaveLength(1);
});

test("an inner rule that may relax the outer one of its id is no fault", () => {
  const outer = parsePolicy(
    "version: 1\nrules: [{ id: push, match: { command: git push }, effect: ask, overridable: true }]",
    "global.yaml",
  );
  const rules = "  - { id: push, match: { command: git push }, effect: allow }";
  expect(findings(rules, [toLayer(outer, "global")])).toEqual([]);
});
