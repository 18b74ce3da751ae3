import { expect, test } from "vitest";
import {
  decideClaim,
  type LayerName,
  parsePolicy,
  toLayer,
} from "../../../src/core/policy/index.ts";

const asked = {
  type: "code",
  queue: "default",
  labels: ["ts", "release"],
  createdBy: "human",
  agent: "fixer",
} as const;

function layer(name: LayerName, rules: string) {
  return toLayer(parsePolicy(`version: 1\ntasks:\n${rules}`, "policy.yaml"), name);
}

test("without a rule that matches a task may be taken", () => {
  const none = layer("global", "  - { id: a, match: { labels: [docs] }, effect: deny }");
  expect(decideClaim(asked, [])).toEqual({ effect: "allow", reason: "", rules: [] });
  expect(decideClaim(asked, [none]).effect).toBe("allow");
});

test("the strictest rule of all layers counts, and says why", () => {
  const global = layer(
    "global",
    "  - { id: a, match: { labels: release }, effect: ask, reason: seen by others }",
  );
  const project = layer("project", "  - { id: b, match: { queue: default }, effect: allow }");
  expect(decideClaim(asked, [global, project])).toEqual({
    effect: "ask",
    reason: "seen by others",
    rules: ["global/a"],
  });
  const stricter = layer("agent", "  - { id: c, match: { agent: [fixer] }, effect: deny }");
  expect(decideClaim(asked, [global, project, stricter])).toEqual({
    effect: "deny",
    reason: "c",
    rules: ["agent/c"],
  });
});

test.each([
  ["{ type: [code, test] }", true],
  ["{ type: docs }", false],
  ["{ labels: [docs, ts] }", true],
  ["{ created_by: agent }", false],
  ["{ created_by: human, agent: other }", false],
  ["{}", true],
])("%s matches: %s", (match, does) => {
  const rules = layer("global", `  - { id: a, match: ${match}, effect: deny }`);
  expect(decideClaim(asked, [rules]).effect).toBe(does ? "deny" : "allow");
});

test("a rule with an unknown word is refused", () => {
  expect(() => layer("global", "  - { id: a, match: { colour: red }, effect: ask }")).toThrow(
    /colour/,
  );
});
