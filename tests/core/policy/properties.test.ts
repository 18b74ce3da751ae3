import * as fc from "fast-check";
import { expect, test } from "vitest";
import { analyse, DEEDS } from "../../../src/core/guard/index.ts";
import {
  decide,
  type Layer,
  parsePolicy,
  toLayer,
  whyNoGrant,
  withOverrides,
} from "../../../src/core/policy/index.ts";
import { labelled } from "../guard/verdicts.ts";

const PLACE = {
  cwd: "/home/dev/project",
  workspace: "/home/dev/project",
  home: "/home/dev",
  user: "dev",
};
const COMMANDS = labelled("dev")
  .filter((_, at) => at % 9 === 0)
  .map(({ command }) => command);
const ANALYSES = COMMANDS.map((command) => analyse(command, PLACE, () => 0));
const SEED = { seed: 20_261_121, numRuns: 60 };
const SEVERITY = ["allow", "ask", "deny"];

const effect = fc.constantFrom("allow", "ask", "deny");
const match = fc.oneof(
  fc
    .uniqueArray(fc.constantFrom(...Object.keys(DEEDS)), { minLength: 1, maxLength: 6 })
    .map((does) => ({ does })),
  fc
    .constantFrom("git", "git push", "rm", "npm", "npm publish", "curl", "ls", "cat")
    .map((command) => ({ command })),
  fc.constantFrom("inside_workspace", "outside_workspace").map((paths) => ({ paths })),
  fc.constantFrom("none", "none_outside_workspace").map((redirects) => ({ redirects })),
  fc.boolean().map((dynamic) => ({ dynamic })),
  fc.constantFrom(["-f", "--force"], ["-r"]).map((flags) => ({ flags })),
);
const rule = fc.record({ match, effect });
const rules = fc.array(rule, { maxLength: 8 });

type Drawn = readonly { readonly match: object; readonly effect: string }[];

function layer(
  name: Layer["name"],
  drawn: Drawn,
  extra: { default?: string; examples?: object } = {},
) {
  const file = {
    version: 1,
    ...(extra.default === undefined ? {} : { default: extra.default }),
    rules: drawn.map((one, at) => ({
      id: `${name}-${at}`,
      ...one,
      ...(at === 0 && extra.examples ? { examples: extra.examples } : {}),
    })),
  };
  // JSON is YAML.
  return toLayer(parsePolicy(JSON.stringify(file), "drawn.yaml"), name);
}

function effects(layers: readonly Layer[]): number[] {
  const { workspace, home } = PLACE;
  const asker = { workspace, home, labels: [], tool: "shell" } as const;
  return ANALYSES.map((one) => SEVERITY.indexOf(decide(one, layers, asker).effect));
}

test("the order of rules never matters", () => {
  fc.assert(
    fc.property(rules, fc.nat(), (drawn, turn) => {
      const at = drawn.length === 0 ? 0 : turn % drawn.length;
      const turned = [...drawn.slice(at), ...drawn.slice(0, at)].toReversed();
      expect(effects([layer("global", turned)])).toEqual(effects([layer("global", drawn)]));
    }),
    SEED,
  );
});

test("an inner layer of rules never weakens what the outer ones say", () => {
  fc.assert(
    fc.property(rules, rules, fc.constantFrom("ask", "deny"), (outer, inner, fallback) => {
      const base = [layer("global", outer, { default: "allow" })];
      const more = [...base, layer("project", inner, { default: fallback })];
      const before = effects(base);
      const weaker = effects(more).filter((one, at) => one < (before[at] ?? 0));
      expect(weaker).toEqual([]);
    }),
    SEED,
  );
});

test("no layer turns a deny into anything else", () => {
  fc.assert(
    fc.property(rules, rules, rules, (outer, project, agent) => {
      const base = [layer("builtin", outer), layer("global", [])];
      const before = effects(base);
      const after = effects([...base, layer("project", project), layer("agent", agent)]);
      expect(after.filter((one, at) => before[at] === 2 && one !== 2)).toEqual([]);
    }),
    SEED,
  );
});

test("one more rule that asks or denies never weakens", () => {
  fc.assert(
    fc.property(rules, match, fc.constantFrom("ask", "deny"), (drawn, more, stricter) => {
      const before = effects([layer("global", drawn, { default: "ask" })]);
      const added = [...drawn, { match: more, effect: stricter }];
      const after = effects([layer("global", added, { default: "ask" })]);
      expect(after.filter((one, at) => one < (before[at] ?? 0))).toEqual([]);
    }),
    SEED,
  );
});

test("examples change no verdict", () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), (drawn) => {
      const first = { match: { command: "frobnicate" }, effect: "ask" };
      const plain = layer("global", [first, ...drawn]);
      const examples = { match: ["frobnicate x"], not_match: ["ls"] };
      expect(effects([layer("global", [first, ...drawn], { examples })])).toEqual(effects([plain]));
    }),
    SEED,
  );
});

test("what a project overrides never weakens a rule that may not be relaxed", () => {
  const said = fc.record({
    rule: fc.nat({ max: 7 }).map((at) => `global-${at}`),
    effect: fc.constantFrom("allow", "ask", "deny", "off"),
    reason: fc.constant("drawn"),
  });
  fc.assert(
    fc.property(rules, fc.array(said, { maxLength: 4 }), (outer, overrides) => {
      const base = [layer("global", outer, { default: "ask" })];
      const text = JSON.stringify({ version: 1, overrides });
      const project = toLayer(parsePolicy(text, "drawn.yaml"), "project");
      const before = effects(base);
      const after = effects(withOverrides([...base, project]));
      expect(after.filter((one, at) => one < (before[at] ?? 0))).toEqual([]);
    }),
    SEED,
  );
});

test("a condition on what is allowed never lets more pass", () => {
  const when = fc.constantFrom(
    "dynamic",
    "argv.size() > 2",
    'argv[3] == "x"',
    "time.getHours() > 3",
  );
  fc.assert(
    fc.property(rules, when, (drawn, condition) => {
      const fewer = drawn.map((one) =>
        one.effect === "allow" ? { ...one, when: condition } : one,
      );
      const base = effects([layer("global", drawn, { default: "deny" })]);
      const allows = effects([layer("global", fewer, { default: "deny" })]);
      expect(allows.filter((one, at) => one < (base[at] ?? 0))).toEqual([]);
    }),
    SEED,
  );
});

test("a grant moves nothing but an ask: without one nothing is weaker, and no deny gives way to one", () => {
  const { workspace, home } = PLACE;
  const asker = { workspace, home, labels: [], tool: "shell" } as const;
  fc.assert(
    fc.property(rules, (drawn) => {
      const layers = [layer("global", drawn, { default: "ask" })];
      const moved = COMMANDS.filter((command, at) => {
        const analysis = ANALYSES[at] ?? analyse(command, PLACE, () => 0);
        const verdict = decide(analysis, layers, asker);
        return verdict.effect === "deny" && whyNoGrant(command, analysis, verdict) === undefined;
      });
      expect(moved).toEqual([]);
    }),
    SEED,
  );
});
