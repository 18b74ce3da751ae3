import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { NewEvent } from "../../src/contract/events.ts";
import { createPolicyDesk, tellOfTrust, trustTold } from "../../src/daemon/policy-desk.ts";
import { openPolicies } from "../../src/drivers/files/index.ts";
import { testStores } from "../support/stores.ts";

function desk() {
  const home = mkdtempSync(join(tmpdir(), "cnd-desk-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const workspace = join(home, "project");
  mkdirSync(workspace);
  const files = {
    builtin: "policies/builtin.yaml",
    shipped: join(home, "shipped.yaml"),
    own: join(home, "policy.yaml"),
    trust: join(home, "trust.json"),
  };
  copyFileSync("policies/default.yaml", files.shipped);
  const opened = openPolicies({ ...files, onChange: () => undefined });
  const events: NewEvent[] = [];
  const made = createPolicyDesk({
    policies: opened,
    files,
    tell: (event) => void events.push(event),
  });
  const effectOf = (id: string) =>
    opened
      .inForce({ workspace, agent: "dev" })
      .layers.flatMap(({ rules }) => rules)
      .find((rule) => rule.id === id)?.effect;
  return { policies: made, files, workspace, events, effectOf };
}

test("an owner overrides a built-in rule: the global file is made, the rule changes, the journal tells", () => {
  const { files, events, effectOf, policies } = desk();
  const asked = { rule: "delete-outside", effect: "ask", reason: "own caches" } as const;
  expect(policies.override(asked, "human")).toEqual({
    ...asked,
    was: "deny",
    file: files.own,
    isNew: true,
    isTrusted: true,
  });
  expect(readFileSync(files.own, "utf8")).toContain("# The policy in force where");
  expect(effectOf("delete-outside")).toBe("ask");
  expect(policies.restore({ rule: "delete-outside" }, "human")).toMatchObject({
    was: "ask",
    effect: "deny",
  });
  expect(effectOf("delete-outside")).toBe("deny");
  expect(events).toMatchObject([
    {
      type: "policy.overridden",
      subject: "delete-outside",
      actor: "human",
      data: { reason: "own caches" },
    },
    { type: "policy.restored", subject: "delete-outside", data: { effect: "deny" } },
  ]);
});

test("a project's own override counts at once where its file is new, and stays trusted where it was", () => {
  const { workspace, effectOf, policies } = desk();
  const first = { rule: "others", effect: "deny", reason: "no pushes", workspace } as const;
  expect(policies.override(first, "human")).toMatchObject({ isNew: true, isTrusted: true });
  expect(policies.override({ ...first, rule: "secrets" }, "human")).toMatchObject({
    isTrusted: true,
  });
  expect([effectOf("others"), effectOf("secrets")]).toEqual(["deny", "deny"]);
});

test("a file that nobody trusted is not trusted by an override in it", () => {
  const { workspace, effectOf, policies } = desk();
  mkdirSync(join(workspace, ".ai"));
  writeFileSync(join(workspace, ".ai/policy.yaml"), "version: 1\n");
  const asked = { rule: "others", effect: "deny", reason: "no pushes", workspace } as const;
  expect(policies.override(asked, "human")).toMatchObject({ isNew: false, isTrusted: false });
  expect(effectOf("others")).toBe("ask");
});

test("what would not count is refused, and nothing is written", () => {
  const { workspace, files, events, policies } = desk();
  const asked = { effect: "allow", reason: "x" } as const;
  expect(() => policies.override({ ...asked, rule: "others", workspace }, "human")).toThrow(
    "global/others may not be relaxed by a project or an agent",
  );
  expect(() => policies.override({ ...asked, rule: "otters" }, "human")).toThrow(
    "no rule is called otters",
  );
  expect(() => policies.restore({ rule: "others" }, "human")).toThrow("nothing overrides others");
  expect([existsSync(files.own), existsSync(join(workspace, ".ai")), events]).toEqual([
    false,
    false,
    [],
  ]);
});

test("the journal knows which files are trusted, as they were last", async () => {
  const stores = testStores();
  const tell = (file: string, hash: string | null) => tellOfTrust({ file, hash }, stores.tell);
  tell("/a", "one");
  tell("/a", "two");
  tell("/b", "three");
  tell("/b", null);
  expect(await trustTold(stores.journal)).toEqual({ "/a": { hash: "two" } });
});
