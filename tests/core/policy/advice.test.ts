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
import { verdict } from "../guard/verdicts.ts";

const asker = { ...EXAMPLE_PLACE, labels: [], tool: "shell" } as const;

function layer(text: string, name: "global" | "project" = "global"): Layer {
  return toLayer(parsePolicy(`version: 1\n${text}`, "policy.yaml"), name);
}

function judge(command: string, layers: readonly Layer[]) {
  return decide(
    analyse(command, EXAMPLE_PLACE, () => 0),
    layers,
    asker,
  );
}

const ASKS = layer(`default: allow
rules:
  - { id: asks, match: { command: [rm, mv] }, effect: ask, instead: Copy it first }
advice:
  - { match: { command: rm, flags: [-r] }, instead: Move it away }
`);

test("advice on the very command goes before what its rule says of all it holds", () => {
  expect(judge("rm -rf a", [ASKS]).instead).toBe("Move it away");
  expect(judge("mv a b", [ASKS]).instead).toBe("Copy it first");
});

test("of two commands that are held, both ways are told, each once", () => {
  expect(judge("rm -r a; mv b c; rm -r d", [ASKS]).instead).toBe("Move it away; Copy it first");
});

test("the innermost layer's advice counts", () => {
  const inner = layer("advice: [{ match: { command: rm }, instead: Use trash }]", "project");
  expect(judge("rm -rf a", [ASKS, inner]).instead).toBe("Use trash");
});

test("advice changes no verdict, and nobody is advised on what is allowed", () => {
  const only = layer("default: allow\nadvice: [{ match: { command: ls }, instead: Do not }]");
  expect(judge("ls", [only])).toMatchObject({ effect: "allow", instead: undefined });
});

test("lint finds advice that the policy refuses", () => {
  const refuses = layer(`default: allow
rules: [{ id: no, match: { command: git push }, effect: deny }]
advice: [{ match: { command: git reset }, instead: "\`git push\` or \`git push --all\` first" }]
`);
  expect(lint([refuses], (text) => judge(text, [refuses]).effect)).toEqual([
    {
      severity: "error",
      kind: "advice",
      layer: "global",
      rule: "advice[0]",
      says: "advises what is refused: git push",
    },
    {
      severity: "error",
      kind: "advice",
      layer: "global",
      rule: "advice[0]",
      says: "advises what is refused: git push --all",
    },
  ]);
});

const SHIPPED_ADVICE = {
  "git push --force": "git push --force-with-lease",
  "git push origin +main": "git push --force-with-lease",
  "cd sub && git reset --hard HEAD~2": "git stash",
  "sudo git clean -fdx": "git clean -n",
  "git checkout -- src": "git stash push -- FILE",
};

test.each(Object.entries(SHIPPED_ADVICE))("for %s the shipped policy knows %s", (text, way) => {
  expect(verdict(text).instead).toContain(`\`${way}\``);
  expect(verdict(way).effect).not.toBe("deny");
});
