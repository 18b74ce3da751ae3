import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import { decide, EXAMPLE_PLACE, parsePolicy, toLayer } from "../../../src/core/policy/index.ts";
import { SHIPPED } from "../guard/verdicts.ts";

const NIGHT = Date.UTC(2026, 10, 21, 3);

function policy(when: string, says = "deny", more = "") {
  const rule = `  - id: checked\n    match: { dynamic: false }\n    when: ${JSON.stringify(when)}\n    effect: ${says}\n${more}`;
  return parsePolicy(`version: 1\ndefault: ask\nrules:\n${rule}`, "policy.yaml");
}

test("the evaluator is loaded by the first rule with a condition, not before", () => {
  const { cache } = createRequire(import.meta.url);
  const isLoaded = () => Object.keys(cache).some((file) => file.includes("cel-js"));
  expect(SHIPPED.length).toBeGreaterThan(0);
  expect(isLoaded()).toBe(false);
  policy("dynamic");
  expect(isLoaded()).toBe(true);
});

/** Where the rule does not match, the default asks. */
function effect(command: string, when: string, says = "deny", who: object = {}): string {
  const { workspace, home } = EXAMPLE_PLACE;
  const asker = { workspace, home, labels: ["bot"], tool: "shell", agent: "dev", ...who } as const;
  const analysis = analyse(command, EXAMPLE_PLACE, () => 0);
  return decide(analysis, [toLayer(policy(when, says), "global")], asker).effect;
}

test.each([
  ["git push --force origin main", 'program == "git" && "--force" in flags'],
  ["git push origin main", 'words.size() > 3 && words[3] == "main"'],
  ["/bin/rm -rf src", 'via.size() == 0 && command.endsWith("rm -rf src")'],
  ["cat src/a.ts", 'paths.exists(p, p.startsWith(workspace + "/src/"))'],
  ["echo x > out.txt", 'redirects.all(r, r.endsWith(".txt"))'],
  ["npm publish", 'agent == "dev" && "bot" in labels && tool == "shell"'],
  ["npm publish", '"publish" in does && cwd == workspace && !dynamic'],
  ["npm publish", 'time.getHours("UTC") < 6'],
])("a condition speaks of what the command is and who asks: %s", (command, when) => {
  expect(effect(command, when, "deny", { time: NIGHT })).toBe("deny");
  expect(effect(command, `!(${when})`, "deny", { time: NIGHT })).toBe("ask");
});

test("what cannot be evaluated holds for a rule that denies or asks, and not for one that allows", () => {
  for (const when of ['argv[7] == "x"', "time.getHours() == 3"]) {
    expect(effect("ls", when, "deny")).toBe("deny");
    expect(effect("ls", when, "allow")).toBe("ask");
  }
});

test("more words than an expression may go through cannot be evaluated", () => {
  const many = `cat ${Array.from({ length: 300 }, (_, at) => `f${at}`).join(" ")}`;
  const when = 'argv.exists(a, argv.exists(b, a + b == "no"))';
  expect(effect(many, when, "deny")).toBe("deny");
  expect(effect(many, when, "allow")).toBe("ask");
  expect(effect("cat f", when, "deny")).toBe("ask");
});

test.each([
  ["progam == 'git'", "Unknown variable: progam, did you mean program?"],
  ["program == 1", "no such overload: string == int"],
  ["program", "it gives string, not true or false"],
  ["argv[", "Unexpected token: EOF"],
  ["argv.exists(a, a.matches('(a+)+$'))", "matches() is not there"],
  ["argv.all(a, argv.all(b, argv.all(c, a == b && b == c)))", "more than 2 loops"],
  [`program in [${"'a',".repeat(101)}]`, "maxListElements"],
  [`program == '${"x".repeat(500)}'`, "when: Too big"],
])("a wrong condition is an error with file, line and rule: %s", (when, says) => {
  expect(() => policy(when)).toThrow(/^policy\.yaml:[46]: rule checked: when: /);
  expect(() => policy(when)).toThrow(says);
});

test("examples are held to the condition, at noon and by nobody in particular", () => {
  const examples = '    examples: { match: ["npm publish"], not_match: ["npm test"] }\n';
  const when = '"publish" in does && time.getHours("UTC") == 12 && agent == ""';
  expect(() => policy(when, "deny", examples)).not.toThrow();
  expect(() => policy("false", "deny", examples)).toThrow(
    "its example does not match: npm publish",
  );
});
