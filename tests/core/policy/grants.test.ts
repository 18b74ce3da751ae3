import { expect, test } from "vitest";
import { grantKey, normalCommand } from "../../../src/core/approvals/index.ts";
import { analyse } from "../../../src/core/guard/index.ts";
import {
  decide,
  EXAMPLE_PLACE,
  parsePolicy,
  toLayer,
  whyNoGrant,
} from "../../../src/core/policy/index.ts";
import { SHIPPED } from "../guard/verdicts.ts";

const asker = {
  workspace: EXAMPLE_PLACE.workspace,
  home: EXAMPLE_PLACE.home,
  labels: [],
  tool: "shell",
} as const;

function verdictOn(text: string, rules = "") {
  const layers =
    rules === ""
      ? SHIPPED
      : [...SHIPPED, toLayer(parsePolicy(`version: 1\n${rules}`, "p.yaml"), "global")];
  const analysis = analyse(text, EXAMPLE_PLACE, () => 0);
  return { analysis, verdict: decide(analysis, layers, asker) };
}

function whyNot(text: string, rules = "") {
  const { analysis, verdict } = verdictOn(text, rules);
  return whyNoGrant(text, analysis, verdict);
}

test.each(["rm -rf src", "git push origin main", "git reset --hard"])(
  "one plain command can be granted: %s",
  (text) => expect(whyNot(text)).toBeUndefined(),
);

test.each([
  "bash deploy.sh",
  "sh -c 'rm -rf src'",
  "python3 tool.py",
  "node tool.js",
  "sudo rm -rf src",
  "timeout 5 rm -rf src",
  "env A=b rm -rf src",
  "find . -delete",
  "xargs rm",
  "A=b rm -rf src",
  "rm -rf src; rm -rf lib",
  "rm -rf src && rm -rf lib",
  "rm -rf $X",
  "rm -rf *",
  "rm -rf $(cat list)",
  "rm -rf src > out.txt",
  "echo 'unclosed",
  "rm -rf /",
])("no grant for shells, interpreters, wrappers, more than one command, or a deny: %s", (text) =>
  expect(whyNot(text)).toBeTypeOf("string"),
);

test("no grant where a rule asks for more than one person", () => {
  const rules =
    "rules: [{ id: push, match: { command: git push }, effect: ask, approvals: { quorum: 2, ttl: 30s } }]";
  expect(verdictOn("git push", rules).verdict.terms).toEqual({
    quorum: 2,
    denyThreshold: 1,
    ttlMs: 30_000,
  });
  expect(whyNot("git push", rules)).toContain("more than one person");
  expect(verdictOn("rm -rf src").verdict.terms).toEqual({
    quorum: 1,
    denyThreshold: 1,
    ttlMs: undefined,
  });
});

test("an approval waits as long as the strictest rule says", () => {
  const terms = (ttl: string) =>
    verdictOn(
      "git push",
      `rules: [{ id: push, match: { command: git push }, effect: ask, approvals: { ttl: ${ttl} } }]`,
    ).verdict.terms;
  expect([terms("30s").ttlMs, terms("5m").ttlMs, terms("2h").ttlMs]).toEqual([
    30_000, 300_000, 7_200_000,
  ]);
});

test("no grant for what runs something that the text does not hold", () => {
  expect(whyNot("npm install https://x.example/a.tgz")).toBeTypeOf("string");
  expect(whyNot("git config core.fsmonitor ./x")).toBeTypeOf("string");
});

test("a grant is bound to command, folder, agent and the content of named files", () => {
  const scope = { agent: "dev", workspace: "/w", cwd: "/w", command: "rm -rf src", files: [] };
  expect(grantKey({ ...scope, command: "  rm  -rf src " })).toBe(grantKey(scope));
  for (const change of [
    { agent: "other" },
    { workspace: "/v" },
    { cwd: "/w/a" },
    { command: "rm -rf src lib" },
    { files: [{ path: "/w/a", sha256: "x" }] },
  ])
    expect(grantKey({ ...scope, ...change })).not.toBe(grantKey(scope));
  expect(normalCommand('rm "a  b"')).toBe('rm "a  b"');
});
