import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ApprovalView } from "../../src/contract/approvals.ts";
import type { DecisionView } from "../../src/contract/decisions.ts";
import type { GrantView } from "../../src/contract/grants.ts";
import { agent, pending } from "../support/gated-agent.ts";
import { product } from "../support/product.ts";

test("approve --always lets that one command pass from then on, until it is revoked", async () => {
  const world = product();
  const { bash, workspace } = await agent(world);
  const source = path.join(workspace, "src");
  const running = bash("-c", "rm -rf src");
  const asked = await pending(world);
  expect(asked.action).toMatchObject({
    targets: [{ path: source, place: "workspace", is: "folder" }],
  });
  expect((await world.run("approvals")).stdout).toContain(
    `does: deletes ${source} (in the workspace, `,
  );
  expect(await world.run("approve", "1", "--always")).toMatchObject({ code: 0 });
  expect(await running).toMatchObject({ code: 0 });
  mkdirSync(source);
  expect(await bash("-c", "rm  -rf src")).toMatchObject({ code: 0 });
  expect(existsSync(source)).toBe(false);
  const [grant] = await world.json<GrantView[]>("grants", "list");
  expect(grant).toMatchObject({ agent: "dev", command: "rm -rf src", cwd: workspace });
  const decisions = await world.json<DecisionView[]>("decisions", "--effect", "allow");
  expect(decisions[0]?.reason).toBe(`allowed by grant ${grant?.id}`);

  const refused = bash("-c", "rm -rf src; ls");
  const other = await pending(world);
  const always = await world.run("approve", String(other.number), "--always");
  expect(always.stderr).toContain("once only: it is not one plain command");
  expect(always.code).toBe(2);
  await world.run("deny", String(other.number));
  expect((await refused).code).toBe(126);

  expect(await world.run("grants", "revoke", grant?.id ?? "")).toMatchObject({ code: 0 });
  mkdirSync(source);
  const again = bash("-c", "rm -rf src");
  await world.run("deny", String((await pending(world)).number));
  expect((await again).code).toBe(126);
  expect(existsSync(source)).toBe(true);
});

test("a script that changed after the yes is not run, and a human is asked anew", async () => {
  const world = product();
  const { bash, workspace } = await agent(world);
  const script = path.join(workspace, "deploy.sh");
  writeFileSync(script, "echo harmless\n", { mode: 0o755 });
  const running = bash("-c", "rm -rf src && ./deploy.sh");
  const asked = await pending(world);
  expect(asked.action.files).toMatchObject([{ path: script }]);
  writeFileSync(script, "echo harmful > out.txt\n");
  await world.run("approve", String(asked.number));
  const ran = await running;
  expect(ran.code).toBe(126);
  expect(ran.stderr).toContain("changed after the yes to #1");
  expect(existsSync(path.join(workspace, "src"))).toBe(true);
  const [first] = await world.json<ApprovalView[]>("approvals");
  expect(first).toMatchObject({ number: 2, state: "pending" });
  expect(first?.action.files?.[0]?.sha256).not.toBe(asked.action.files?.[0]?.sha256);
});

test("a rule with a quorum of two runs after two people, each with a token of their own", async () => {
  const world = product();
  writeFileSync(
    path.join(world.home, ".conductor/policy.yaml"),
    "version: 1\nrules:\n  - { id: two, match: { command: rm }, effect: ask, reason: Two look, approvals: { quorum: 2 } }\n",
  );
  const { bash, workspace } = await agent(world);
  const running = bash("-c", "rm -rf src");
  const asked = await pending(world);
  expect(asked).toMatchObject({ vote: { quorum: 2, yes: [] } });
  expect(asked.action.rules).toContain("global/two");
  const number = String(asked.number);
  expect((await world.run("approve", number, "--always")).stderr).toContain("more than one person");
  expect((await world.run("approve", number)).stdout).toContain(
    "vote: 1 of 2 people said yes: owner",
  );
  const twice = await world.run("approve", number);
  expect(twice.code).toBe(1);
  expect(twice.stderr).toContain("owner has said yes");
  expect((await pending(world)).state).toBe("pending");
  const { token } = await world.json<{ token: string }>("token", "create", "--human", "alice");
  const port = (await world.json<{ http: { port: number } }>("daemon", "status")).http.port;
  const said = await fetch(`http://127.0.0.1:${port}/api/v1/approvals/${number}/verdict`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ verdict: "approve" }),
  });
  expect(await said.json()).toMatchObject({ decidedBy: "owner, alice" });
  expect(await running).toMatchObject({ code: 0 });
  expect(existsSync(path.join(workspace, "src"))).toBe(false);
});
