import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import {
  addOverride,
  decide,
  EXAMPLE_PLACE,
  type Layer,
  type LayerName,
  lint,
  parsePolicy,
  removeOverride,
  toLayer,
  withOverrides,
} from "../../../src/core/policy/index.ts";
import { SHIPPED } from "../guard/verdicts.ts";

const DEFAULT = readFileSync("policies/default.yaml", "utf8");

function layer(name: LayerName, rest: string): Layer {
  return toLayer(parsePolicy(`version: 1\n${rest}`, `${name}.yaml`), name);
}

function judged(command: string, layers: readonly Layer[]) {
  const { workspace, home } = EXAMPLE_PLACE;
  const asker = { workspace, home, labels: [], tool: "shell" } as const;
  return decide(
    analyse(command, EXAMPLE_PLACE, () => 0),
    withOverrides(layers),
    asker,
  );
}

const said = (rule: string, effect: string) =>
  `overrides: [{ rule: ${rule}, effect: ${effect}, reason: because }]`;

test("the global file overrides any rule, built-in ones included, and the record names it", () => {
  const [builtin, global] = SHIPPED;
  if (builtin === undefined || global === undefined) throw new Error("no shipped policy");
  const softer = {
    ...global,
    overrides: layer("global", said("delete-outside", "ask")).overrides ?? [],
  };
  expect(judged("rm -rf ~", [builtin, softer])).toMatchObject({
    effect: "ask",
    matched: [
      { layer: "builtin", id: "delete-outside", effect: "ask", was: "deny", overridden: false },
    ],
  });
  const off = {
    ...global,
    overrides: layer("global", said("delete-outside", "off")).overrides ?? [],
  };
  expect(judged("rm -rf ~", [builtin, off]).matched).toContainEqual(
    expect.objectContaining({ id: "delete-outside", was: "deny", overridden: true }),
  );
});

test("a project relaxes only what is overridable, and tightens anything", () => {
  const rules = (more: string) =>
    layer("global", `rules: [{ id: push, match: { command: git push }, effect: ask${more} }]`);
  const project = (effect: string) => layer("project", said("push", effect));
  expect(judged("git push", [rules(""), project("allow")]).effect).toBe("ask");
  expect(judged("git push", [rules(""), project("off")]).effect).toBe("ask");
  expect(judged("git push", [rules(""), project("deny")]).effect).toBe("deny");
  expect(judged("git push", [rules(", overridable: true"), project("allow")]).effect).toBe("allow");
});

test("an override that names no rule, or may not relax it, is a fault", () => {
  const layers = [...SHIPPED, layer("project", said("others", "allow"))];
  const nothing = [...SHIPPED, layer("agent", said("no-such-rule", "deny"))];
  expect(lint(withOverrides(layers), () => "allow")).toEqual([
    {
      severity: "error",
      kind: "relaxing",
      layer: "project",
      rule: "others",
      says: "is not overridden: global/others may not be relaxed here",
    },
  ]);
  expect(lint(withOverrides(nothing), () => "allow")).toMatchObject([
    { layer: "agent", rule: "no-such-rule", says: "is overridden here, and is no rule" },
  ]);
});

const FILES = [
  DEFAULT,
  "# ours\nversion: 1\noverrides: # kept short\n- rule: disk\n  effect: ask\n  reason: old # why\n# the end\n",
  "version: 1\noverrides: [ { rule: disk, effect: ask, reason: old } ] # all in one\nrules: []\n",
  "version: 1\noverrides:\n    - { rule: disk, effect: ask, reason: old }\n\nrules: []",
];

test.each(FILES)(
  "an override is written, replaced and taken away, and nothing else: %j",
  (text) => {
    const before = parsePolicy(text, "p").overrides;
    const reason = 'a "first": reason # of many';
    const once = addOverride(text, { rule: "others", effect: "allow", reason });
    expect(parsePolicy(once, "p").overrides).toEqual([
      ...before,
      { rule: "others", effect: "allow", reason },
    ]);
    const twice = addOverride(once, { rule: "others", effect: "off", reason: "a second" });
    expect(parsePolicy(twice, "p").overrides.map(({ effect }) => effect)).toEqual([
      ...before.map(({ effect }) => effect),
      "off",
    ]);
    const lines = (of: string) => of.split("\n").filter((line) => line.trim() !== "");
    const gone = removeOverride(twice, "others");
    expect(lines(gone.replace("[{", "[ {").replace("}]", "} ]"))).toEqual(lines(text));
    for (const comment of text.match(/#.*$/gm) ?? []) expect(twice).toContain(comment);
  },
);

test("a file without overrides is as it was after the last one is taken away", () => {
  const more = addOverride(DEFAULT, { rule: "secrets", effect: "deny", reason: "x" });
  expect(removeOverride(more, "secrets")).toBe(DEFAULT);
});

test("a built-in rule that the file switched off is switched on again", () => {
  const text = "version: 1 # ours\ndisabled_builtins: [guard, disk]\n";
  const one = removeOverride(text, "guard");
  expect(one).toBe("version: 1 # ours\ndisabled_builtins: [disk]\n");
  expect(removeOverride(one, "disk")).toBe("version: 1 # ours\n");
  expect(() => removeOverride(text, "others")).toThrow("nothing overrides others");
});

test("an empty list of overrides takes the first one", () => {
  const override = { rule: "others", effect: "off", reason: "x" } as const;
  const text = addOverride("version: 1\noverrides: []\n", override);
  expect(parsePolicy(text, "p").overrides).toEqual([override]);
});

test("an outer layer overrides nothing of an inner one", () => {
  const inner = layer(
    "project",
    "rules: [{ id: push, match: { command: git push }, effect: deny }]",
  );
  const outer = layer("global", said("push", "allow"));
  expect(judged("git push", [outer, inner]).effect).toBe("deny");
});
