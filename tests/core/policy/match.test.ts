import { expect, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import { decide, EXAMPLE_PLACE, parsePolicy, toLayer } from "../../../src/core/policy/index.ts";

/** What a single rule with this match, which denies, makes of a command that is else allowed. */
function denies(match: string, command: string, labels: readonly string[] = []): boolean {
  const text = `version: 1\ndefault: allow\nrules: [{ id: a, match: ${match}, effect: deny }]`;
  const { workspace, home } = EXAMPLE_PLACE;
  const asker = { workspace, home, labels, tool: "shell" } as const;
  const analysis = analyse(command, EXAMPLE_PLACE, () => 0);
  const layers = [toLayer(parsePolicy(text, "policy.yaml"), "project")];
  return decide(analysis, layers, asker).effect === "deny";
}

test.each([
  ['["**/hosts"]', "cat /etc/hosts", "cat /etc/passwd"],
  ['["~/notes/*"]', "cat ~/notes/a", "cat ~/notes/a/b"],
  ['["/srv/?.txt"]', "cat /srv/a.txt", "cat /srv/ab.txt"],
  ['["src/**/*.ts"]', "cat src/a/b/c.ts", "cat src/a/b/c.js"],
  ['["docs/**"]', "cat docs/a/b", "cat src/docs/a"],
  ["src/a+b.ts", "cat src/a+b.ts", "cat src/aab.ts"],
  ["inside_workspace", "cat src/a", "cat /srv/a"],
  ["outside_workspace", "cat /srv/a", "cat src/a"],
])("paths: %s fits %s, and not %s", (paths, fits, other) => {
  expect(denies(`{ paths: ${paths} }`, fits)).toBe(true);
  expect(denies(`{ paths: ${paths} }`, other)).toBe(false);
  expect(denies(`{ paths: ${paths} }`, "true")).toBe(false);
});

test.each([
  ["none", "ls", "ls > out.txt"],
  ["none_outside_workspace", "ls > out.txt", "ls > /srv/out.txt"],
  ['["/srv/**"]', "ls > /srv/a/b", "ls > out.txt"],
])("redirects: %s fits %s, and not %s", (redirects, fits, other) => {
  expect(denies(`{ command: ls, redirects: ${redirects} }`, fits)).toBe(true);
  expect(denies(`{ command: ls, redirects: ${redirects} }`, other)).toBe(false);
});

test("labels: one of those named, or none of them", () => {
  expect(denies("{ command: ls, labels: [bot, ci] }", "ls", ["ci"])).toBe(true);
  expect(denies("{ command: ls, labels: [bot, ci] }", "ls", ["dev"])).toBe(false);
  expect(denies("{ command: ls, labels: { not: [dev] } }", "ls", ["ci"])).toBe(true);
  expect(denies("{ command: ls, labels: { not: [dev] } }", "ls", ["ci", "dev"])).toBe(false);
});

test("a refspec is matched where no flag is named", () => {
  expect(denies('{ command: git push, refspec: "+*" }', "git push origin +main")).toBe(true);
  expect(denies('{ command: git push, refspec: "+*" }', "git push origin main")).toBe(false);
  expect(denies('{ command: git push, refspec: "+*" }', "git push -f origin main")).toBe(false);
});

test("an exception is for what it names, and for places below it in the workspace only", () => {
  const unless = (exception: string, command: string) => {
    const text = `version: 1\ndefault: allow\nrules: [{ id: a, match: { command: rm }, unless: ${exception}, effect: deny }]`;
    const { workspace, home } = EXAMPLE_PLACE;
    const asker = { workspace, home, labels: [], tool: "shell" } as const;
    const analysis = analyse(command, EXAMPLE_PLACE, () => 0);
    return decide(analysis, [toLayer(parsePolicy(text, "p"), "project")], asker).effect;
  };
  expect(unless("{ flags: [-i] }", "rm -i src/a")).toBe("allow");
  expect(unless("{ flags: [-i] }", "rm src/a")).toBe("deny");
  expect(unless("{ paths_under: [scratch*] }", "rm src/scratch1/a")).toBe("allow");
  expect(unless("{ paths_under: [scratch] }", "rm /srv/scratch/a")).toBe("deny");
  expect(unless("{ paths_under: [scratch] }", "rm --help")).toBe("deny");
});
