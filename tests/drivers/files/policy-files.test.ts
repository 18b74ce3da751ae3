import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { analyse } from "../../../src/core/guard/index.ts";
import { decide, pinOf } from "../../../src/core/policy/index.ts";
import {
  openPolicies,
  type PolicyChange,
  type TrustChange,
} from "../../../src/drivers/files/index.ts";

function running() {
  const home = mkdtempSync(join(tmpdir(), "cnd-policies-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const workspace = join(home, "project");
  const changes: PolicyChange[] = [];
  const files = {
    builtin: "policies/builtin.yaml",
    shipped: "policies/default.yaml",
    own: join(home, "policy.yaml"),
    trust: join(home, "trust.json"),
  };
  const policiesOf = (folder: string, agent = "dev") =>
    policies.inForce({ workspace: folder, agent }).layers.map(({ name }) => name);
  const trusts: TrustChange[] = [];
  const policies = openPolicies({
    ...files,
    onChange: (change) => void changes.push(change),
    onTrust: (change) => void trusts.push(change),
  });
  let edits = 0;
  const write = (file: string, rules: string): void => {
    mkdirSync(dirname(file), { recursive: true });
    // Of another size each time: two edits may share a time stamp.
    writeFileSync(file, `version: 1\n${"#".repeat((edits += 1))}\n${rules}\n`);
  };
  const inForce = () => policies.inForce({ workspace, agent: "dev" });
  const effect = (command: string): string => {
    const place = { cwd: workspace, workspace, home: "/home/dev", user: "dev" };
    const asker = { workspace, home: "/home/dev", labels: [], tool: "shell" } as const;
    return decide(
      analyse(command, place, () => 0),
      inForce().layers,
      asker,
    ).effect;
  };
  const trust = () => {
    const project = join(workspace, ".ai/policy.yaml");
    const agent = join(workspace, ".ai/agents/dev.yaml");
    return {
      project,
      agent,
      pin: (pins: object) => writeFileSync(files.trust, JSON.stringify(pins)),
    };
  };
  return { home, files, write, effect, inForce, policiesOf, changes, trusts, ...trust() };
}

function asItIs(file: string) {
  return pinOf(readFileSync(file, "utf8"));
}

const rule = (command: string, says: string) =>
  `rules: [{ id: one, match: { command: ${command} }, effect: ${says} }]`;

test("an edit counts from the next command on, and is told", () => {
  const { files, write, effect, changes } = running();
  expect(effect("npm test")).toBe("allow");
  write(files.own, rule("npm", "deny"));
  expect(effect("npm test")).toBe("deny");
  write(files.own, rule("npm", "ask"));
  expect(effect("npm test")).toBe("ask");
  expect(changes).toEqual([{ file: files.own, hash: expect.any(String), broken: undefined }]);
});

test("a broken edit leaves the last good one in force, and is told with file, line and rule", () => {
  const { files, write, effect, inForce, changes } = running();
  write(files.own, rule("npm", "deny"));
  const { hashes } = inForce();
  write(files.own, "rules:\n  - { id: one, match: { comand: npm }, effect: allow }");
  expect(effect("npm test")).toBe("deny");
  expect(inForce().hashes).toEqual(hashes);
  expect(changes).toMatchObject([{ file: files.own, hash: hashes["global"] }]);
  expect(changes[0]?.broken).toMatch(/policy\.yaml:4: rule one: match\.comand: .*mean command/);
  write(files.own, rule("npm", "allow"));
  expect(effect("npm test")).toBe("allow");
});

test("where no version could ever be read everything is asked about, and denies stay", () => {
  const { files, write, effect, project, pin, inForce } = running();
  write(project, rule("ls", "allow"));
  pin({ [project]: asItIs(project) });
  write(files.own, "rules: 1");
  expect(inForce().hashes["project"]).toBe(asItIs(project).hash);
  expect(effect("ls")).toBe("ask");
  expect(effect("rm -rf /")).toBe("deny");
});

test("a repository's files count as they were when they were trusted, whatever becomes of them", () => {
  const { write, effect, project, agent, pin, changes } = running();
  write(project, rule("npm", "deny"));
  write(agent, rule("make", "deny"));
  expect([effect("npm test"), effect("make")]).toEqual(["allow", "allow"]);
  pin({ [project]: asItIs(project), [agent]: asItIs(agent) });
  expect([effect("npm test"), effect("make")]).toEqual(["deny", "deny"]);
  write(project, rule("npm", "ask"));
  write(agent, "rules: 1");
  expect([effect("npm test"), effect("make")]).toEqual(["deny", "deny"]);
  expect(changes.map(({ file }) => file)).toEqual([project, agent]);
  rmSync(project);
  rmSync(agent);
  expect([effect("npm test"), effect("make")]).toEqual(["deny", "deny"]);
  pin({ [agent]: pinOf("version: 1\nrules: []\n") });
  expect([effect("npm test"), effect("make")]).toEqual(["allow", "allow"]);
});

test("whoever trusts a file, or trusts it no more, is told of with what counts from then on", () => {
  const { write, inForce, project, agent, pin, trusts } = running();
  write(project, rule("npm", "deny"));
  write(agent, rule("make", "deny"));
  const [first, second] = [asItIs(project), asItIs(agent)];
  pin({ [project]: first });
  inForce();
  inForce();
  expect(trusts).toEqual([{ file: project, hash: first.hash }]);
  pin({ [project]: first, [agent]: second });
  inForce();
  pin({ "/a": "unreadable" });
  inForce();
  pin({ [agent]: second });
  inForce();
  expect(trusts.slice(1)).toEqual([
    { file: agent, hash: second.hash },
    { file: project, hash: null },
  ]);
});

test("where the list of what is trusted cannot be read everything is asked about, and denies stay", () => {
  const { effect, pin } = running();
  pin({ "/a": "no pin" });
  expect([effect("ls"), effect("rm -rf /")]).toEqual(["ask", "deny"]);
});

test("neither a folder inside nor a git worktree is a way out of what a project's policy says", () => {
  const { home, project, pin, write, policiesOf } = running();
  write(project, rule("npm", "deny"));
  pin({ [project]: asItIs(project) });
  const worktree = join(home, "worktrees/cart");
  mkdirSync(join(worktree, "packages/a"), { recursive: true });
  const gitdir = join(dirname(dirname(project)), ".git/worktrees/cart");
  writeFileSync(join(worktree, ".git"), `gitdir: ${gitdir}\n`);
  expect(policiesOf(join(home, "project/packages/a"))).toContain("project");
  expect(policiesOf(worktree)).toContain("project");
  expect(policiesOf(join(worktree, "packages/a"))).toContain("project");
  rmSync(join(worktree, ".git"));
  expect(policiesOf(worktree)).toContain("project");
  expect(policiesOf(home)).not.toContain("project");
});

test("what changed in the list of trusted files while nobody listened is told at the next start", () => {
  const { files, project, agent, trusts, pin } = running();
  const mine = { ...pinOf("version: 1\n"), at: 5, by: "ann" };
  pin({ [project]: mine });
  const start = (told: Readonly<Record<string, { readonly hash: string }>>) => {
    const onTrust = (change: TrustChange) => void trusts.push(change);
    openPolicies({ ...files, onChange: () => undefined, onTrust, told });
    return trusts.splice(0);
  };
  expect(start({ [agent]: { hash: "of before" } })).toEqual([
    { file: agent, hash: null },
    { file: project, hash: mine.hash, at: 5, by: "ann" },
  ]);
  expect(start({ [project]: mine })).toEqual([]);
});
