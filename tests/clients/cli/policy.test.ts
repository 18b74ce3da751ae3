import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { conductor } from "./support.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "cnd-policy-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("guard check says the verdict by words and by exit code", async () => {
  expect(await conductor(["guard", "check", "npm test"])).toMatchObject({ code: 0 });
  expect(await conductor(["guard", "check", "git push"])).toMatchObject({ code: 10 });
  const refused = await conductor(["guard", "check", "rm -rf /"]);
  expect(refused.code).toBe(11);
  expect(refused.stdout).toContain("deny: Deletes outside the workspace: deletes / with all below");
});

test("guard check --jsonl answers each line, a broken one with an error", async () => {
  const stdin = '{"id":1,"command":"rm -rf ~"}\n{\n{"id":"b","command":"ls","cwd":"/x"}\n';
  const ran = await conductor(["guard", "check", "--jsonl"], { stdin });
  const lines = ran.stdout
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(lines).toEqual([
    {
      id: 1,
      decision: "deny",
      rules: ["builtin/delete-outside"],
      reason: "Deletes outside the workspace: deletes /home/dev with all below",
    },
    expect.objectContaining({ id: null, error: expect.any(String) }),
    expect.objectContaining({ id: "b", decision: "allow" }),
  ]);
  expect(ran.code).toBe(1);
});

test("policy explain shows what would run and which rules match", async () => {
  const { stdout } = await conductor(["policy", "explain", "cd dist && rm -rf *; git push"]);
  expect(stdout).toContain("ask: Others will see it");
  expect(stdout).toContain("rm -rf *\n  does delete-regenerable");
  expect(stdout).toContain("global/others says ask");
});

test("a repository's policy counts once a human trusts it, and as it was then until its change is trusted too", async () => {
  const home = folder();
  const work = folder();
  const env = { CONDUCTOR_HOME: home };
  mkdirSync(join(work, ".ai"));
  const file = join(work, ".ai/policy.yaml");
  writeFileSync(file, "version: 1\nrules: [{ id: a, match: { command: npm }, effect: deny }]\n");
  const world = { env, cwd: work };
  expect((await conductor(["guard", "check", "npm test"], world)).code).toBe(0);
  expect((await conductor(["policy", "trust"], world)).stdout).toContain("counts from now on");
  expect((await conductor(["guard", "check", "npm test"], world)).code).toBe(11);
  writeFileSync(file, "version: 1\nrules: [{ id: a, match: { command: npm }, effect: ask }]\n");
  expect((await conductor(["guard", "check", "npm test"], world)).code).toBe(11);
  await conductor(["policy", "trust"], world);
  expect((await conductor(["guard", "check", "npm test"], world)).code).toBe(10);
});

test("an agent cannot trust a policy", async () => {
  const work = folder();
  const env = { CONDUCTOR_HOME: folder(), CONDUCTOR_TERMINAL_ID: "t_1" };
  expect(await conductor(["policy", "trust"], { env, cwd: work })).toMatchObject({ code: 4 });
});

test("policy test holds the rules to a table", async () => {
  const work = folder();
  const file = join(work, "cases.yaml");
  writeFileSync(
    file,
    "cases:\n  - { command: npm test, expect: allow }\n  - { command: rm -rf /, expect: ask }\n",
  );
  const ran = await conductor(["policy", "test", file], { cwd: work });
  expect(ran.code).toBe(1);
  expect(ran.stdout).toBe(
    "rm -rf /: expected ask, got deny (builtin/delete-outside)\n1 as expected, 1 not\n",
  );
});
