import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { conductor } from "./support.ts";

const DONE = {
  rule: "loses-work",
  was: "ask",
  effect: "allow",
  file: "/home/me/.conductor/policy.yaml",
  isNew: true,
  isTrusted: true,
};
const answers = {
  "POST /api/v1/policy/overrides": DONE,
  "POST /api/v1/policy/overrides/remove": { ...DONE, was: "allow", effect: "ask", isNew: false },
};

test("policy override sends the rule, its effect and the reason, and tells where it stands", async () => {
  const words = ["policy", "override", "loses-work", "--effect", "allow", "--reason", "scratch"];
  const ran = await conductor(words, { answers });
  expect(ran.calls).toMatchObject([
    { body: { rule: "loses-work", effect: "allow", reason: "scratch" } },
  ]);
  expect(ran.stdout).toBe(
    "loses-work says allow from now on (before: ask)\n/home/me/.conductor/policy.yaml, which is new\n",
  );
});

test("policy override --project names the folder, and remove does as well", async () => {
  const place = ["--project", "/srv/site", "--agent", "dev"];
  const deny = ["policy", "override", "publish", "--effect", "deny", "-r", "no", ...place];
  expect((await conductor(deny, { answers })).calls).toMatchObject([
    { body: { workspace: "/srv/site", agent: "dev" } },
  ]);
  const remove = ["policy", "override", "remove", "publish", ...place, "--json"];
  const removed = await conductor(remove, { answers });
  expect(removed.calls).toMatchObject([
    { body: { rule: "publish", workspace: "/srv/site", agent: "dev" } },
  ]);
  expect(JSON.parse(removed.stdout)).toMatchObject({ data: { effect: "ask" } });
});

test("policy override wants an effect that is one, and a reason", async () => {
  const words = ["policy", "override", "publish"];
  expect(await conductor([...words, "--effect", "allow"], { answers })).toMatchObject({ code: 2 });
  const unknown = await conductor([...words, "--effect", "maybe", "-r", "x"], { answers });
  expect(unknown.stderr).toContain("allow, ask, deny, off");
});

test("an agent cannot override a rule", async () => {
  const words = ["policy", "override", "publish", "--effect", "allow", "--reason", "x"];
  const ran = await conductor(words, { answers, env: { CONDUCTOR_TERMINAL_ID: "t_1" } });
  expect(ran).toMatchObject({ code: 4, calls: [] });
});

test("policy override list shows what is overridden here, and policy show and doctor say so", async () => {
  const home = mkdtempSync(join(tmpdir(), "cnd-override-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const policy = `version: 1
disabled_builtins: [disk]
overrides: [{ rule: exfiltration, effect: ask, reason: a lab }]
`;
  writeFileSync(join(home, "policy.yaml"), policy);
  const world = { env: { CONDUCTOR_HOME: home } };
  const listed = await conductor(["policy", "override", "list"], world);
  expect(listed.stdout).toMatch(/disk +off +global +in force +disabled_builtins/);
  expect(listed.stdout).toMatch(/exfiltration +ask +global +in force +a lab/);
  const { stdout } = await conductor(["policy", "show"], world);
  expect(stdout).toContain("  off   disk (overridden; by itself deny)");
  expect(stdout).toContain("  ask   exfiltration (overridden; by itself deny)");
  const doctor = await conductor(["doctor"], world);
  expect(doctor.stdout).toContain("the built-in rule says nothing instead of deny");
  expect(doctor.stdout).toContain("conductor policy override remove exfiltration");
});

test("a broken policy is told loudly by policy show and by doctor", async () => {
  const home = mkdtempSync(join(tmpdir(), "cnd-override-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  writeFileSync(
    join(home, "policy.yaml"),
    "version: 1\nrules:\n  - { id: a, match: {}, efect: ask }\n",
  );
  const world = { env: { CONDUCTOR_HOME: home } };
  const shown = await conductor(["policy", "show"], world);
  expect(shown.code).toBe(1);
  expect(shown.stderr).toMatch(/^BROKEN: .*policy\.yaml:3: rule a: efect: .*did you mean effect/);
  const doctor = await conductor(["doctor"], world);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(/wrong +policy global .*policy\.yaml:3: rule a/);
});
