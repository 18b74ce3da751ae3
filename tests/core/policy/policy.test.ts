import { expect, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import { decide, type Layer, parsePolicy, toLayer } from "../../../src/core/policy/index.ts";
import { SHIPPED } from "../guard/verdicts.ts";

const PLACE = {
  cwd: "/home/dev/project",
  workspace: "/home/dev/project",
  home: "/home/dev",
  user: "dev",
};

function layer(rules: string, name: "global" | "project" | "agent" = "project"): Layer {
  return toLayer(parsePolicy(`version: 1\n${rules}`, "policy.yaml"), name);
}

function effect(command: string, layers: readonly Layer[], labels: readonly string[] = []) {
  const { workspace, home } = PLACE;
  const asker = { workspace, home, labels, tool: "shell" } as const;
  return decide(
    analyse(command, PLACE, () => 0),
    layers,
    asker,
  ).effect;
}

test("deny beats ask beats allow, in whatever order the rules stand", () => {
  const rules = [
    "- { id: a, match: { command: npm }, effect: allow }",
    "- { id: b, match: { command: npm }, effect: deny }",
    "- { id: c, match: { command: npm }, effect: ask }",
  ];
  for (const order of [rules, rules.toReversed(), [rules[1], rules[0], rules[2]]])
    expect(effect("npm test", [layer(`rules:\n  ${order.join("\n  ")}`)])).toBe("deny");
});

test("an inner layer tightens and does not relax", () => {
  const tighter = layer("rules: [{ id: x, match: { command: npm test }, effect: ask }]");
  const weaker = layer("rules: [{ id: y, match: { command: git push }, effect: allow }]");
  expect(effect("npm test", [...SHIPPED, tighter])).toBe("ask");
  expect(effect("git push", [...SHIPPED, weaker])).toBe("ask");
});

test("an overridable rule gives way to the inner rule of its id", () => {
  const outer = layer(
    "rules: [{ id: push, match: { command: git push }, effect: ask, overridable: true }]",
    "global",
  );
  const inner = layer("rules: [{ id: push, match: { command: git push }, effect: allow }]");
  expect(effect("git push", [outer, inner])).toBe("allow");
});

test("a program that nobody knows gets the strictest default", () => {
  expect(effect("frobnicate x", SHIPPED)).toBe("ask");
  expect(effect("frobnicate x", [...SHIPPED, layer("default: deny")])).toBe("deny");
  expect(effect("frobnicate x", [layer("default: allow")])).toBe("allow");
});

test("a rule names commands, flags, refspecs, paths and labels", () => {
  const rules = layer(`rules:
  - { id: any, match: { dynamic: false }, effect: allow }
  - { id: force, match: { command: git push, flags: [--force, -f], refspec: "+*" }, effect: deny }
  - { id: docs, match: { does: [write], paths: ["docs/**"] }, effect: deny }
  - { id: bot, match: { command: npm publish, labels: { not: [release] } }, effect: deny }`);
  expect(effect("git push origin main", [rules])).toBe("allow");
  expect(effect("git push --forc origin main", [rules])).toBe("deny");
  expect(effect("git push origin +main", [rules])).toBe("deny");
  expect(effect("echo x > docs/a/b.md", [rules])).toBe("deny");
  expect(effect("npm publish", [rules])).toBe("deny");
  expect(effect("npm publish", [rules], ["release"])).toBe("allow");
});

test("an exception holds only when all targets fall under it", () => {
  const rules = layer(`vars: { mine: [scratch] }
rules:
  - { id: any, match: { does: [delete-workspace, delete-regenerable] }, effect: allow }
  - id: tree
    match: { command: rm }
    unless: { paths_under: $mine }
    effect: ask`);
  expect(effect("rm -rf scratch/a", [rules])).toBe("allow");
  expect(effect("rm -rf scratch/a src", [rules])).toBe("ask");
});

test("what cannot be told is not allowed by its name alone", () => {
  const rules = layer("rules: [{ id: tool, match: { command: frob }, effect: allow }]");
  expect(effect("frob x", [rules])).toBe("allow");
  expect(effect('frob "$X"', [rules])).toBe("ask");
});

test("a broken file is an error that names file, line and field", () => {
  expect(() => layer("rules:\n  - { id: a, match: { comand: rm }, effect: ask }")).toThrow(
    /policy\.yaml:3: .*comand/,
  );
  expect(() => layer("rules: [{ id: a, match: { does: [fly] }, effect: ask }]")).toThrow(
    /fly is no deed/,
  );
});

test("an example that does not hold makes the file invalid", () => {
  const rule = (text: string) =>
    `rules: [{ id: a, match: { command: rm }, effect: ask, examples: { match: ["${text}"] } }]`;
  expect(() => layer(rule("rm x"))).not.toThrow();
  expect(() => layer(rule("ls x"))).toThrow("rule a: its example does not match: ls x");
});

test.each([
  ["$TOOL now", "dynamic_program"],
  ['$(cat name) "$1"', "dynamic_program"],
  ["frob | sh", "pipe_to_shell_unknown"],
  ['eval "$LINE"', "pipe_to_shell_unknown"],
  ["if then rm", "parse_error"],
])("a rule names why a text cannot be judged: %s is %s", (command, flag) => {
  const rules = (flags: string) =>
    layer(`default: allow\nrules: [{ id: a, match: { analysis: [${flags}] }, effect: deny }]`);
  expect(effect(command, [rules(flag)])).toBe("deny");
  expect(effect("frob now; cat x | sort", [rules(flag)])).toBe("allow");
});
